import fc from 'fast-check';
import type { PolicyInput } from '../../../domain/policy.js';
import type { Candidate } from '../candidate.js';
import { neighboursOf } from './neighbours.js';

/** Inputs looked at for some that are granted, and how many of these are kept. */
const SCOUTED = 400;
const MAX_SEEDS = 64;

/** What one policy is tested with. */
export interface Inputs {
  readonly arbitrary: fc.Arbitrary<PolicyInput>;
  /** Inputs that are granted something; empty when none was found. */
  readonly granted: readonly PolicyInput[];
}

/**
 * Inputs around those that a policy grants something: its cases, and what chance found until
 * `endMs`. Without any, it is chance alone.
 */
export function inputsAround(
  candidate: Candidate,
  loose: fc.Arbitrary<PolicyInput>,
  cases: readonly PolicyInput[],
  seed: number,
  endMs: number,
): Inputs {
  const found: PolicyInput[] = [];
  const scout = fc.property(loose, (input) => {
    if (found.length < MAX_SEEDS / 2 && isGranted(candidate, input)) found.push(input);
  });
  fc.check(scout, { seed, numRuns: SCOUTED, interruptAfterTimeLimit: timeUntil(endMs) });
  const seeds = [...cases.slice(0, MAX_SEEDS), ...found];
  const granted = seeds.filter((input) => isGranted(candidate, input));
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

function isGranted(candidate: Candidate, input: PolicyInput): boolean {
  return candidate.decide(input).scopes.length > 0;
}
