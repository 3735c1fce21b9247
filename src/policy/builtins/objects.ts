import { compareTerms, isArray, isObject, RegoSet, type Term } from '../json/terms.js';
import { BuiltinError, type HostBuiltin } from './host-builtin.js';

export const objectBuiltins: Readonly<Record<string, HostBuiltin>> = {
  'object.subset': { arity: 2, tellsSets: true, call: (wide, narrow) => isSubset(wide, narrow) },
};

function isSubset(wide: Term | undefined, narrow: Term | undefined): boolean {
  if (wide !== undefined && narrow !== undefined) {
    if (isArray(wide) && narrow instanceof RegoSet) return hasAll(wide, narrow.members);
    const same = subsetOfKind(wide, narrow);
    if (same !== undefined) return same;
  }
  throw new BuiltinError('both operands must be of one kind, or an array and a set');
}

/** Returns undefined unless both are objects, sets or arrays. */
function subsetOfKind(wide: Term, narrow: Term): boolean | undefined {
  if (isObject(wide) && isObject(narrow)) {
    return Object.entries(narrow).every(([key, part]) => {
      const whole = Object.hasOwn(wide, key) ? wide[key] : undefined;
      if (whole === undefined) return false;
      return compareTerms(whole, part) === 0 || (subsetOfKind(whole, part) ?? false);
    });
  }
  if (wide instanceof RegoSet && narrow instanceof RegoSet) {
    return hasAll(wide.members, narrow.members);
  }
  if (isArray(wide) && isArray(narrow)) return contains(wide, narrow);
  return undefined;
}

function hasAll(wide: readonly Term[], narrow: readonly Term[]): boolean {
  return narrow.every((part) => wide.some((whole) => compareTerms(whole, part) === 0));
}

/** Returns whether one array is a contiguous part of the other. */
function contains(wide: readonly Term[], narrow: readonly Term[]): boolean {
  for (let start = 0; start + narrow.length <= wide.length; start++) {
    const matches = narrow.every((part, i) => compareTerms(wide[start + i] ?? null, part) === 0);
    if (matches) return true;
  }
  return false;
}
