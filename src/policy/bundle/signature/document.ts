const MAX_DEPTH = 128;
const BACKSLASH = '\\'.charCodeAt(0);
const COMMA = ','.charCodeAt(0);
const CLOSING = new Set(['}', ']', ','].map((mark) => mark.charCodeAt(0)));

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
  return new Parts(text).value(0);
}

/** Reads a text that is known to be JSON. */
class Parts {
  private at = 0;

  constructor(private readonly text: string) {}

  value(depth: number): string {
    if (depth > MAX_DEPTH) throw new SyntaxError('nested too deeply');
    this.skip();
    const next = this.text[this.at];
    if (next === '{') return this.object(depth);
    if (next === '[') return this.array(depth);
    return next === '"' ? canonical(this.string()) : this.word();
  }

  private object(depth: number): string {
    const members = new Map<string, string>();
    this.at += 1;
    while (!this.ended('}')) {
      const key = decoded(this.string());
      this.skip();
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
    this.skip();
    const code = this.text.charCodeAt(this.at);
    if (code !== COMMA && code !== end.charCodeAt(0)) return false;
    this.at += 1;
    if (code !== COMMA) return true;
    this.skip();
    return false;
  }

  /** The text with its quotes and escapes. By hand: a pattern runs out of stack on a long one. */
  private string(): string {
    const begin = this.at;
    let end = begin;
    do {
      end = this.text.indexOf('"', end + 1);
    } while (this.isEscaped(end));
    this.at = end + 1;
    return this.text.slice(begin, this.at);
  }

  private isEscaped(quote: number): boolean {
    let before = quote;
    while (this.text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
    return (quote - before) % 2 === 1;
  }

  /** A number as it was written, or a word. */
  private word(): string {
    const begin = this.at;
    while (this.at < this.text.length) {
      const code = this.text.charCodeAt(this.at);
      if (code <= 0x20 || CLOSING.has(code)) break;
      this.at += 1;
    }
    return this.text.slice(begin, this.at);
  }

  private skip(): void {
    while (this.text.charCodeAt(this.at) <= 0x20) this.at += 1;
  }
}

const SURROGATE = /[\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const LINE_SEPARATORS = /[\u2028\u2029]/g;
/** Whatever may be written in more than one way, or not at all. */
const NEEDS_CARE = /[\\\u2028\u2029\ud800-\udfff]/;

function canonical(token: string): string {
  return NEEDS_CARE.test(token) ? quoted(decoded(token)) : token;
}

function decoded(token: string): string {
  return token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
}

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
  return keys
    .map((key) => ({ key, bytes: Buffer.from(key) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ key }) => key);
}
