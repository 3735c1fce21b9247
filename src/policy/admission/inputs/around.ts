import fc from 'fast-check';
import type { PolicyInput } from '../../../domain/policy.js';
import type { Candidate } from '../candidate.js';
import { neighboursOf } from './neighbours.js';
import { policyInputs } from './policy-inputs.js';
import { scanForGranted } from './scan.js';
import { vocabularyOf } from './vocabulary.js';

const MAX_CASES = 64;

/** Inputs for testing one policy. */
export interface Inputs {
  readonly arbitrary: fc.Arbitrary<PolicyInput>;
  /** Inputs that are granted; empty when none was found. */
  readonly granted: readonly PolicyInput[];
}

/**
 * Generates inputs in the vocabulary of a policy.
 * Most are variants of its cases and of granted inputs found until `endMs`. Their words come first.
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

/** Returns milliseconds until `endMs`, at least one, as fast-check requires. */
export function timeUntil(endMs: number): number {
  return Math.max(1, endMs - performance.now());
}
