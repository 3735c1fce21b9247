import fc from 'fast-check';
import type { PolicyInput } from '../../../domain/policy.js';
import { MAX_SCOPES } from '../../../domain/scope.js';
import { memberAt, withMember, withoutMember, type Path } from '../edit.js';

/** Changes `into` using a part of `from`. */
type Change = (into: PolicyInput, from: PolicyInput) => PolicyInput;

/** Maximum number of requested scopes; also enough for roles and grants. */
const MAX_ITEMS = MAX_SCOPES;
const LISTS: readonly Path[] = [
  ['request', 'scopes'],
  ['agent', 'roles'],
  ['agent', 'grants'],
];
const PARTS: readonly Path[] = [
  ...LISTS,
  ['request', 'ttl_seconds'],
  ['request', 'declared'],
  ['agent', 'id'],
  ['agent', 'labels'],
  ['resource', 'scopes'],
  ['resource', 'requires'],
  ['resource', 'working_hours'],
  ['resource', 'labels'],
  ['signals'],
  ['delegation'],
  ['now'],
];

/** Members that affect grants are changed more often, mostly by adding: removing often leaves nothing. */
const CHANGES: readonly Change[] = [
  ...PARTS.map(replacing),
  ...LISTS.flatMap((path) => [adding(path), adding(path), adding(path)]),
  capping,
  capping,
];

/**
 * Generates variants of relevant inputs: one of `seeds` with up to three parts of another input.
 * Random inputs hardly ever meet a policy with many conditions.
 */
export function neighboursOf(
  seeds: readonly PolicyInput[],
  others: fc.Arbitrary<PolicyInput>,
): fc.Arbitrary<PolicyInput> {
  const changes = fc.array(fc.constantFrom(...CHANGES), { maxLength: 3 });
  return fc
    .tuple(fc.constantFrom(...seeds), others, changes)
    .map(([seed, other, some]) => some.reduce((made, change) => change(made, other), seed));
}

function replacing(path: Path): Change {
  return (into, from) => {
    const value = memberAt(from, path);
    const made = value === undefined ? withoutMember(into, path) : withMember(into, path, value);
    return made as PolicyInput;
  };
}

function adding(path: Path): Change {
  return (into, from) => {
    const [own, more] = [listAt(into, path), listAt(from, path)];
    return withMember(
      into,
      path,
      [...new Set([...own, ...more])].slice(0, MAX_ITEMS),
    ) as PolicyInput;
  };
}

/** Sets the resource's cap to the lifetime requested in another input. */
function capping(into: PolicyInput, from: PolicyInput): PolicyInput {
  const resource = { ...into.resource, max_ttl_seconds: from.request.ttl_seconds };
  return { ...into, resource };
}

function listAt(input: PolicyInput, path: Path): readonly unknown[] {
  const value = memberAt(input, path);
  return Array.isArray(value) ? value : [];
}
