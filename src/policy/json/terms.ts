/**
 * A Rego value in the host.
 * Integers that a double would round are bigint. Sets stay distinct from arrays, and object keys need not be strings.
 */
export type Term =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Term[]
  | RegoSet
  | { readonly [key: string]: Term };

/** A Rego set, its members in OPA's order. */
export class RegoSet {
  readonly members: readonly Term[];

  constructor(members: readonly Term[]) {
    this.members = [...members].sort(compareTerms);
  }
}

/** Returns whether a term is an object (not a set, an array or null). */
export function isObject(term: Term): term is Readonly<Record<string, Term>> {
  return (
    typeof term === 'object' && term !== null && !Array.isArray(term) && !(term instanceof RegoSet)
  );
}

/** Returns whether a term is an array. Array.isArray does not narrow readonly arrays. */
export function isArray(term: Term): term is readonly Term[] {
  return Array.isArray(term);
}

function rank(term: Term): number {
  if (term === null) return 0;
  if (typeof term === 'boolean') return 1;
  if (typeof term === 'number' || typeof term === 'bigint') return 2;
  if (typeof term === 'string') return 3;
  if (isArray(term)) return 4;
  return term instanceof RegoSet ? 6 : 5;
}

/** Compares terms in OPA's order: null, booleans, numbers, strings, arrays, objects, sets. */
export function compareTerms(a: Term, b: Term): number {
  const byRank = rank(a) - rank(b);
  if (byRank !== 0) return byRank;
  if (typeof a === 'string') return compareTexts(a, b as string);
  if (isArray(a)) return compareLists(a, b as readonly Term[]);
  if (a instanceof RegoSet) return compareLists(a.members, (b as RegoSet).members);
  if (isObject(a)) return compareObjects(a, b as Readonly<Record<string, Term>>);
  if (a === b || a === null || b === null) return 0;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Compares by code points, as Go compares bytes of UTF-8. Looks at no more than the equal beginning. */
function compareTexts(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let at = 0; at < end; at++) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left !== right) return inOrder(left) - inOrder(right);
  }
  return a.length - b.length;
}

/** Returns a UTF-16 unit so that surrogates follow all others, as the code points that they encode do. */
function inOrder(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

function compareLists(a: readonly Term[], b: readonly Term[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const byItem = compareTerms(a[i] ?? null, b[i] ?? null);
    if (byItem !== 0) return byItem;
  }
  return a.length - b.length;
}

const sortedKeys = new WeakMap<object, readonly string[]>();

/** Returns the sorted keys of an object. Kept: a large object may be compared with many small ones. */
function keysOf(term: Readonly<Record<string, Term>>): readonly string[] {
  const known = sortedKeys.get(term);
  if (known !== undefined) return known;
  const keys = Object.keys(term).sort(compareTexts);
  sortedKeys.set(term, keys);
  return keys;
}

function compareObjects(
  a: Readonly<Record<string, Term>>,
  b: Readonly<Record<string, Term>>,
): number {
  const [aKeys, bKeys] = [keysOf(a), keysOf(b)];
  for (let i = 0; i < Math.min(aKeys.length, bKeys.length); i++) {
    const key = aKeys[i] ?? '';
    const byKey = compareTerms(key, bKeys[i] ?? '');
    if (byKey !== 0) return byKey;
    const byValue = compareTerms(a[key] ?? null, b[key] ?? null);
    if (byValue !== 0) return byValue;
  }
  return aKeys.length - bKeys.length;
}
