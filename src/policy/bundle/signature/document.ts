const MAX_DEPTH = 128;
const BACKSLASH = '\\'.charCodeAt(0);
const COMMA = ','.charCodeAt(0);
const CLOSING = new Set(['}', ']', ','].map((mark) => mark.charCodeAt(0)));

/**
 * Returns the text that OPA hashes for a JSON document (`v1/bundle/hash.go`).
 * It has no white space, keys in byte order, strings escaped as by Go's encoder, and numbers as written. The last one
 * of duplicate keys counts. Throws SyntaxError, also for text that is not UTF-8, a lone surrogate (Go would replace it)
 * and nesting below 128.
 */
export function hashedText(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  // The grammar is checked here, so that Parts only has to find the parts.
  JSON.parse(text);
  return new Parts(text).value(0);
}

/** Reads a text that is known to be valid JSON. */
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

  /** Skips the closing mark, or the comma before the next part. */
  private ended(end: string): boolean {
    this.skip();
    const code = this.text.charCodeAt(this.at);
    if (code !== COMMA && code !== end.charCodeAt(0)) return false;
    this.at += 1;
    if (code !== COMMA) return true;
    this.skip();
    return false;
  }

  /**
   * Returns the raw string with quotes and escapes.
   * A regular expression would overflow the stack on a long one.
   */
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

  /** Returns a number as written, or a word. */
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
/** Text with more than one possible spelling, or with none. */
const NEEDS_CARE = /[\\\u2028\u2029\ud800-\udfff]/;

function canonical(token: string): string {
  return NEEDS_CARE.test(token) ? quoted(decoded(token)) : token;
}

function decoded(token: string): string {
  return token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
}

/**
 * Quotes like Go's encoder without HTML escapes.
 * Escapes the two line separators and what JSON requires.
 */
function quoted(text: string): string {
  if (LONE_SURROGATE.test(text)) throw new SyntaxError('a lone surrogate');
  return JSON.stringify(text).replace(LINE_SEPARATORS, (mark) =>
    mark === '\u2028' ? '\\u2028' : '\\u2029',
  );
}

/** Sorts by bytes. UTF-16 order differs only for characters above U+FFFF. */
function byBytes(keys: string[]): string[] {
  if (!keys.some((key) => SURROGATE.test(key))) return keys.sort();
  return keys
    .map((key) => ({ key, bytes: Buffer.from(key) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ key }) => key);
}
