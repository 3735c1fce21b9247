import fc from 'fast-check';
import type { PolicyInput } from '../../../domain/policy.js';
import type { Candidate } from '../candidate.js';
import { neighboursOf } from './neighbours.js';
import { policyInputs } from './policy-inputs.js';
import { scanForGranted } from './scan.js';
import { vocabularyOf } from './vocabulary.js';

const MAX_CASES = 64;

/** What one policy is tested with. */
export interface Inputs {
  readonly arbitrary: fc.Arbitrary<PolicyInput>;
  /** Inputs that are granted something; empty when none was found. */
  readonly granted: readonly PolicyInput[];
}

/**
 * Inputs in the words of a policy, most of them around what it grants: its cases, and what is found until `endMs`. The
 * words of those come before all others.
 */
export function inputsAround(
  candidate: Candidate,
  cases: readonly PolicyInput[],
  endMs: number,
): Inputs {
  const { bundle, entrypoint } = candidate;
  const found = scanForGranted(candidate, vocabularyOf(bundle, entrypoint, cases), endMs);
  const seeds = [...found, ...cases.slice(0, MAX_CASES)];
  const loose = policyInputs(vocabularyOf(bundle, entrypoint, seeds));
  const granted = seeds.filter((input) => candidate.decide(input).scopes.length > 0);
  if (seeds.length === 0) return { arbitrary: loose, granted };
  const arbitrary = fc.oneof(
    { weight: 2, arbitrary: loose },
    { weight: 3, arbitrary: neighboursOf(seeds, loose) },
  );
  return { arbitrary, granted };
}

/** Milliseconds until then, as fast-check wants its limits: at least one. */
export function timeUntil(endMs: number): number {
  return Math.max(1, endMs - performance.now());
}
