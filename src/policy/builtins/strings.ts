import { BuiltinError, type HostBuiltin } from './host-builtin.js';
import { codePoints, int, text, texts } from './operands.js';
import { anyBegins, occurrences } from './search.js';

export const stringBuiltins: Readonly<Record<string, HostBuiltin>> = {
  'strings.any_prefix_match': {
    arity: 2,
    call: (search, base) => anyBegins(texts(search), texts(base)),
  },
  'strings.any_suffix_match': {
    arity: 2,
    call: (search, base) => anyBegins(texts(search).map(reversed), texts(base).map(reversed)),
  },
  'strings.count': { arity: 2, call: (search, part) => countOf(text(search), text(part)) },
  'strings.split_n': {
    arity: 3,
    call: (value, delimiter, count) => splitN(text(value), text(delimiter), int(count)),
  },
  indexof_n: { arity: 2, call: (value, part) => indexesOf(text(value), text(part)) },
  'glob.quote_meta': {
    arity: 1,
    call: (pattern) => text(pattern).replace(/[*?\\[\]{}]/g, '\\$&'),
  },
};

function countOf(value: string, part: string): number {
  // The empty string occurs before each character and at the end.
  return part === '' ? codePoints(value).length + 1 : value.split(part).length - 1;
}

function splitN(value: string, delimiter: string, count: number): string[] {
  const parts = delimiter === '' ? codePoints(value) : value.split(delimiter);
  return count >= 0 ? parts.slice(0, count) : parts.slice(Math.max(parts.length + count, 0));
}

/** Returns positions in code points, overlapping ones included. */
function indexesOf(value: string, part: string): number[] {
  if (part === '') throw new BuiltinError('the text to find is empty');
  // By UTF-16 units; an occurrence within a code point is none.
  const units = new Set(occurrences(value, part, (a, b) => a === b));
  const found: number[] = [];
  let unit = 0;
  for (const [i, point] of codePoints(value).entries()) {
    if (units.has(unit)) found.push(i);
    unit += point.length;
  }
  return found;
}

/** Returns the UTF-16 units of a text from the last to the first. */
function reversed(value: string): string {
  return value.split('').reverse().join('');
}
