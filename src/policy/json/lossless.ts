import { MAX_DEPTH } from './canonical.js';
import { compareTerms, isArray, isObject, RegoSet, type Term } from './terms.js';

const NEEDS_CARE = /[0-9]{16}/;

/** Parses JSON text to a term; integers above 2^53 become bigint. Throws SyntaxError. */
export function parseJson(text: string): Term {
  return NEEDS_CARE.test(text) ? new Reader(text).document() : (JSON.parse(text) as Term);
}

/** Parses text of `opa_value_dump`: JSON with sets as `{1, 2}` and `set()`. Throws SyntaxError. */
export function parseValue(text: string): Term {
  return new Reader(text).document();
}

/** Writes a term as JSON text; sets become arrays. Throws TypeError for a value outside JSON. */
export function writeJson(term: unknown, depth = 0): string {
  if (depth > MAX_DEPTH) throw new TypeError('nested too deeply');
  if (typeof term === 'bigint') return term.toString();
  if (typeof term === 'number') {
    if (!Number.isFinite(term)) throw new TypeError('a number that is not finite');
    return String(term);
  }
  if (typeof term === 'string' || typeof term === 'boolean' || term === null) {
    return JSON.stringify(term);
  }
  if (typeof term !== 'object') throw new TypeError(`${typeof term} is not JSON`);
  const value = term as Term;
  if (value instanceof RegoSet) return writeJson(value.members, depth);
  if (isArray(value)) return `[${value.map((item) => writeJson(item, depth + 1)).join(',')}]`;
  if (!isObject(value) || !isPlain(value))
    throw new TypeError('not a plain object (a promise, say)');
  const members = Object.entries(value);
  return `{${members.map(([k, v]) => `${JSON.stringify(k)}:${writeJson(v, depth + 1)}`).join(',')}}`;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const NUMBER = /-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const WORD = /true|false|null|set\(\)/y;

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): Term {
    const term = this.term(0);
    this.skip();
    if (this.at !== this.text.length) throw new SyntaxError('text after the value');
    return term;
  }

  private term(depth: number): Term {
    // Twice the document's depth: the argument of a builtin may wrap the input in more levels.
    if (depth > 2 * MAX_DEPTH) throw new SyntaxError('nested too deeply');
    this.skip();
    const next = this.text[this.at];
    if (next === '"') return JSON.parse(this.take(STRING)) as string;
    if (next === '[') return this.list(']', depth);
    if (next === '{') return this.braces(depth);
    const word = this.match(WORD);
    if (word !== undefined) return wordTerm(word);
    return numberTerm(this.take(NUMBER));
  }

  private list(end: string, depth: number): Term[] {
    this.at += 1;
    const items: Term[] = [];
    while (!this.accept(end)) {
      if (items.length > 0) this.expect(',');
      items.push(this.term(depth + 1));
    }
    return items;
  }

  /** Parses an object or a set: only the mark after the first item tells them apart. */
  private braces(depth: number): Term {
    this.at += 1;
    const entries: [Term, Term][] = [];
    const members: Term[] = [];
    while (!this.accept('}')) {
      if (entries.length + members.length > 0) this.expect(',');
      const item = this.term(depth + 1);
      if (members.length === 0 && this.accept(':')) entries.push([item, this.term(depth + 1)]);
      else members.push(item);
    }
    if (members.length > 0) return new RegoSet(members);
    return objectTerm(entries);
  }

  private accept(mark: string): boolean {
    this.skip();
    if (this.text[this.at] !== mark) return false;
    this.at += 1;
    return true;
  }

  private expect(mark: string): void {
    if (!this.accept(mark)) throw new SyntaxError(`expected ${mark} at ${String(this.at)}`);
  }

  private skip(): void {
    this.match(SPACE);
  }

  private take(pattern: RegExp): string {
    const found = this.match(pattern);
    if (found === undefined) throw new SyntaxError(`not a value at ${String(this.at)}`);
    return found;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}

function objectTerm(entries: readonly [Term, Term][]): Term {
  // A null prototype, so that `__proto__` is an ordinary member.
  const out = Object.create(null) as Record<string, Term>;
  const sorted = [...entries].sort(([a], [b]) => compareTerms(a, b));
  for (const [key, value] of sorted) out[typeof key === 'string' ? key : writeJson(key)] = value;
  return out;
}

function wordTerm(word: string): Term {
  if (word === 'set()') return new RegoSet([]);
  return word === 'null' ? null : word === 'true';
}

function numberTerm(text: string): Term {
  const value = Number(text);
  if (/[.eE]/.test(text) || Number.isSafeInteger(value)) return value;
  return BigInt(text);
}
