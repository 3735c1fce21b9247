/** A span of a text, in UTF-16 code units. */
export interface Span {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/**
 * Finds the first secret of one shape at or after `from`.
 *
 * A whole scan takes linear time: characters that cannot match are never read again from a later start.
 */
export type SecretShape = (text: string, from: number) => Span | undefined;

/** The start of a secret. A mark is global without repetition; a run is sticky and repeats one class. */
interface Mark {
  readonly mark: RegExp;
}

/** A run of required characters, with its minimum length. */
export interface Run {
  readonly run: RegExp;
  readonly minChars: number;
}

export interface MarkedShape extends Mark {
  /** Characters between mark and secret. With a lead, mark and lead are not part of the secret. */
  readonly lead?: Run;
  /** Runs in order. A failed run is shorter than `minChars` or holds no mark, else it is read again. */
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

/** Finds the match of a linear pattern between its first group and its last character. */
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

/** Returns the end of the run at `from`; `from` itself when it does not match there. */
export function endOfRun(text: string, from: number, run: RegExp): number {
  run.lastIndex = from;
  return run.test(text) ? run.lastIndex : from;
}

export interface TokenShape extends Mark {
  /** Characters of a part. */
  readonly part: RegExp;
  /** Minimum characters of the first part after the mark. */
  readonly minChars: number;
  /** Minimum characters of each required further part. */
  readonly parts: readonly number[];
  /** Maximum parts after the first. */
  readonly maxParts: number;
}

/** Finds a JWS or JWE in compact form (RFC 7515 section 7.1) with a first part that begins with `{"`. */
export function compactToken(shape: TokenShape): SecretShape {
  const { mark, part, minChars } = shape;
  return (text, from) => {
    mark.lastIndex = from;
    for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
      const begin = mark.lastIndex;
      const runEnd = endOfRun(text, begin, part);
      const end = runEnd - begin < minChars ? -1 : endOfParts(text, runEnd, shape);
      if (end !== -1) return { start: found.index, end };
      // Later starts in this run share its end and have a shorter first part: none can match.
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
  /** Characters of a label. */
  readonly label: RegExp;
  /** The end of the label of a private key, with its dashes; sticky. */
  readonly name: RegExp;
  /** Returns the end of a key, given the end of its label (`from`). */
  readonly endOfKey: (text: string, from: number) => number;
}

/** Finds a private key in PEM (RFC 7468). */
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

/** Returns the end of a private-key label at `from`, after its dashes; -1 for another label. */
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
