import fc from 'fast-check';
import type { PolicyInput } from '../../../domain/policy.js';
import { memberAt, withMember, withoutMember, type Path } from '../edit.js';

/** Parts that a neighbour may take from another input. */
const PARTS: readonly Path[] = [
  ['request', 'scopes'],
  ['request', 'ttl_seconds'],
  ['request', 'declared'],
  ['agent', 'id'],
  ['agent', 'roles'],
  ['agent', 'grants'],
  ['agent', 'labels'],
  ['resource', 'scopes'],
  ['resource', 'max_ttl_seconds'],
  ['resource', 'requires'],
  ['resource', 'working_hours'],
  ['resource', 'labels'],
  ['signals'],
  ['delegation'],
  ['now'],
];

/**
 * Inputs near those that are known to matter: one of `seeds` with up to three of its parts taken from another input.
 * A policy that wants many things at once is hardly ever met by chance.
 */
export function neighboursOf(
  seeds: readonly PolicyInput[],
  others: fc.Arbitrary<PolicyInput>,
): fc.Arbitrary<PolicyInput> {
  return fc
    .tuple(fc.constantFrom(...seeds), others, fc.subarray([...PARTS], { maxLength: 3 }))
    .map(([seed, other, parts]) => parts.reduce((made, part) => take(made, other, part), seed));
}

function take(into: PolicyInput, from: PolicyInput, part: Path): PolicyInput {
  const value = memberAt(from, part);
  const made = value === undefined ? withoutMember(into, part) : withMember(into, part, value);
  return made as PolicyInput;
}
