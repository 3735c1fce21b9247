/** A stretch of a text, in UTF-16 units. */
export interface Span {
  readonly start: number;
  /** The first unit after it. */
  readonly end: number;
}

/**
 * Finds the first secret of one shape that begins at or after `from`. Takes time in proportion to what it reads,
 * also over all the calls of a scan: characters that cannot match are never read again from a later start.
 */
export type SecretShape = (text: string, from: number) => Span | undefined;

/** What a scanner reads with: a mark is global and repeats nothing, a run is sticky and repeats one class. */
interface Mark {
  readonly mark: RegExp;
}

/** Characters that must follow, and how many at least. */
export interface Run {
  readonly run: RegExp;
  readonly minChars: number;
}

export interface MarkedShape extends Mark {
  /** Characters between the mark and the secret. With them, the secret begins behind them: mark and lead are kept. */
  readonly lead?: Run;
  /** In order. On failure a run is shorter than `minChars`, or holds no mark: else it would be read again. */
  readonly runs: readonly Run[];
}

/** Finds a secret that begins with a mark, such as `csk_…`, or follows one, such as `Bearer …`. */
export function markedSecret({ mark, lead, runs }: MarkedShape): SecretShape {
  return (text, from) => {
    mark.lastIndex = from;
    for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
      const behind = lead === undefined ? mark.lastIndex : endOfRuns(text, mark.lastIndex, [lead]);
      const end = behind === -1 ? -1 : endOfRuns(text, behind, runs);
      if (end !== -1) return { start: lead === undefined ? found.index : behind, end };
    }
    return undefined;
  };
}

/** Finds what one pattern, proved linear, matches between its first group and its last character. */
export function enclosedSecret(pattern: RegExp): SecretShape {
  return (text, from) => {
    pattern.lastIndex = from;
    const found = pattern.exec(text);
    if (found === null) return undefined;
    return { start: found.index + (found[1] ?? '').length, end: pattern.lastIndex - 1 };
  };
}

function endOfRuns(text: string, from: number, runs: readonly Run[]): number {
  let end = from;
  for (const { run, minChars } of runs) {
    const begin = end;
    end = endOfRun(text, begin, run);
    if (end - begin < minChars) return -1;
  }
  return end;
}

/** The end of the characters at `from` that `run` takes; `from` itself when it takes none there. */
export function endOfRun(text: string, from: number, run: RegExp): number {
  run.lastIndex = from;
  return run.test(text) ? run.lastIndex : from;
}

export interface TokenShape extends Mark {
  /** The characters of a part. */
  readonly part: RegExp;
  /** Least characters of the first part, behind the mark. */
  readonly minChars: number;
  /** Least characters of each part that must follow. */
  readonly parts: readonly number[];
  /** Most parts after the first. */
  readonly maxParts: number;
}

/** A JWS or JWE in its compact form (RFC 7515 section 7.1), whose first part begins with `{"`. */
export function compactToken(shape: TokenShape): SecretShape {
  const { mark, part, minChars } = shape;
  return (text, from) => {
    mark.lastIndex = from;
    for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
      const begin = mark.lastIndex;
      const runEnd = endOfRun(text, begin, part);
      const end = runEnd - begin < minChars ? -1 : endOfParts(text, runEnd, shape);
      if (end !== -1) return { start: found.index, end };
      // Every later start in this run has the same end and a shorter first part: none can match.
      mark.lastIndex = runEnd;
    }
    return undefined;
  };
}

function endOfParts(text: string, from: number, { part, parts, maxParts }: TokenShape): number {
  let end = from;
  for (let at = 0; at < maxParts; at++) {
    const least = parts[at];
    const begin = end + 1;
    const runEnd = text[end] === '.' ? endOfRun(text, begin, part) : -1;
    if (runEnd === -1 || runEnd - begin < (least ?? 0)) return least === undefined ? end : -1;
    end = runEnd;
  }
  return end;
}

export interface PemShape extends Mark {
  /** The characters of a label. */
  readonly label: RegExp;
  /** The end of the label of a private key, with its dashes; sticky. */
  readonly name: RegExp;
  /** Returns the end of the key whose label ends at `from`. */
  readonly endOfKey: (text: string, from: number) => number;
}

/** A private key in PEM (RFC 7468). */
export function pemPrivateKey(shape: PemShape): SecretShape {
  const { mark, endOfKey } = shape;
  return (text, from) => {
    mark.lastIndex = from;
    for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
      const end = endOfLabel(text, mark.lastIndex, shape);
      if (end !== -1) return { start: found.index, end: endOfKey(text, end) };
    }
    return undefined;
  };
}

const NAME_CHARS = 'PRIVATE KEY'.length;

/** The end of a label of a private key that begins at `from`, behind its dashes; -1 when it is another label. */
export function endOfLabel(
  text: string,
  from: number,
  { label, name }: Pick<PemShape, 'label' | 'name'>,
): number {
  const at = endOfRun(text, from, label) - NAME_CHARS;
  if (at < from) return -1;
  name.lastIndex = at;
  return name.test(text) ? name.lastIndex : -1;
}
