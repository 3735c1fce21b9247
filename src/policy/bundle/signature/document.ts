const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const WORD = /[^,\]}\s]+/y;
const MAX_DEPTH = 128;

/**
 * The text of a JSON document that its hash is made of, as OPA has it (`v1/bundle/hash.go`): no white space, keys in
 * the order of their bytes, strings escaped as Go's encoder does, numbers exactly as they were written. Of a key
 * that is there twice the last one counts. Throws SyntaxError; also on text that is not UTF-8, on a lone surrogate
 * (Go would put another character in its place) and on nesting below 128.
 */
export function hashedText(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  // The grammar is checked here; what follows only has to find the parts again.
  JSON.parse(text);
  return new Parts(text).document();
}

class Parts {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): string {
    return this.value(0);
  }

  private value(depth: number): string {
    if (depth > MAX_DEPTH) throw new SyntaxError('nested too deeply');
    this.take(SPACE);
    const next = this.text[this.at];
    if (next === '{') return this.object(depth);
    if (next === '[') return this.array(depth);
    return next === '"' ? quoted(this.string()) : this.take(WORD);
  }

  private object(depth: number): string {
    const members = new Map<string, string>();
    this.at += 1;
    while (!this.ended('}')) {
      const key = this.string();
      this.take(SPACE);
      this.at += 1;
      members.set(key, this.value(depth + 1));
    }
    const parts = byBytes([...members.keys()]).map((k) => `${quoted(k)}:${members.get(k) ?? ''}`);
    return `{${parts.join(',')}}`;
  }

  private array(depth: number): string {
    const items: string[] = [];
    this.at += 1;
    while (!this.ended(']')) items.push(this.value(depth + 1));
    return `[${items.join(',')}]`;
  }

  /** Goes over the end, or over the comma before the next part. */
  private ended(end: string): boolean {
    this.take(SPACE);
    const mark = this.text[this.at];
    if (mark !== end && mark !== ',') return false;
    this.at += 1;
    if (mark === end) return true;
    this.take(SPACE);
    return false;
  }

  private string(): string {
    return JSON.parse(this.take(STRING)) as string;
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) throw new SyntaxError(`not a value at ${String(this.at)}`);
    this.at += found.length;
    return found;
  }
}

const SURROGATE = /[\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const LINE_SEPARATORS = /[\u2028\u2029]/g;

/** As Go's encoder writes it without HTML escapes: the two line separators are escaped, and what JSON must. */
function quoted(text: string): string {
  if (LONE_SURROGATE.test(text)) throw new SyntaxError('a lone surrogate');
  return JSON.stringify(text).replace(LINE_SEPARATORS, (mark) =>
    mark === '\u2028' ? '\\u2028' : '\\u2029',
  );
}

/** UTF-16 order is byte order until a character beyond the first 65,536 is there. */
function byBytes(keys: string[]): string[] {
  if (!keys.some((key) => SURROGATE.test(key))) return keys.sort();
  return keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
