import { compareTerms, isArray, isObject, RegoSet, type Term } from '../json/terms.js';
import { BuiltinError, type HostBuiltin } from './host-builtin.js';
import { lastUpTo, occurrences } from './search.js';

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
      // Equal ones of a kind are subsets, so no term is compared at each of its levels again.
      return subsetOfKind(whole, part) ?? isSame(whole, part);
    });
  }
  if (wide instanceof RegoSet && narrow instanceof RegoSet) {
    return hasAll(wide.members, narrow.members);
  }
  if (isArray(wide) && isArray(narrow)) return contains(wide, narrow);
  return undefined;
}

function hasAll(wide: readonly Term[], narrow: readonly Term[]): boolean {
  const sorted = [...wide].sort(compareTerms);
  return narrow.every((part) => {
    const candidate = lastUpTo(sorted, part, compareTerms);
    return candidate !== undefined && isSame(candidate, part);
  });
}

/** Returns whether one array is a contiguous part of the other. */
function contains(wide: readonly Term[], narrow: readonly Term[]): boolean {
  return narrow.length === 0 || occurrences(wide, narrow, isSame).length > 0;
}

function isSame(a: Term, b: Term): boolean {
  return compareTerms(a, b) === 0;
}
