import fc from 'fast-check';
import type { PolicyInput } from '../../../domain/policy.js';
import type { TestedInputs } from '../../../domain/policy-lifecycle.js';
import type { Candidate } from '../candidate.js';
import { neighboursOf } from './neighbours.js';
import { policyInputs } from './policy-inputs.js';
import { scanForGranted } from './scan.js';
import { vocabularyOf, wordsIn } from './vocabulary.js';
import { isPromised } from './input-schema.js';
import type { SampledInputs } from '../options.js';

/** Maximum number of inputs of each origin that others are made from. */
const MAX_SEEDS = 64;

/** Inputs for testing one policy. */
export interface Inputs {
  readonly arbitrary: fc.Arbitrary<PolicyInput>;
  /** Inputs that are granted; empty when none was found. */
  readonly granted: readonly PolicyInput[];
  /** Valid inputs by origin, and the number of the policy's words. */
  readonly origins: Pick<TestedInputs, 'cases' | 'recorded' | 'registry' | 'constants'>;
}

/**
 * Generates inputs in the vocabulary of a policy.
 * Most are variants of its cases, of granted inputs of the service, and of granted inputs found until `endMs`. Their
 * words come first.
 */
export function inputsAround(
  candidate: Candidate,
  cases: readonly PolicyInput[],
  samples: SampledInputs,
  endMs: number,
): Inputs {
  const { bundle, entrypoint } = candidate;
  const isGranted = (input: PolicyInput): boolean => candidate.decide(input).scopes.length > 0;
  // A sample may be from an earlier build, with another schema.
  const [recorded, registry] = [samples.recorded, samples.registry].map((all) =>
    all.filter(isPromised),
  ) as [PolicyInput[], PolicyInput[]];
  const ofService = [...recorded, ...registry].filter(isGranted).slice(0, MAX_SEEDS);
  const first = [...cases, ...ofService];
  const found = scanForGranted(candidate, vocabularyOf(bundle, entrypoint, first), endMs);
  const seeds = [...found, ...cases.slice(0, MAX_SEEDS), ...ofService];
  const words = vocabularyOf(bundle, entrypoint, seeds);
  const loose = policyInputs(words);
  const granted = seeds.filter(isGranted);
  const origins = {
    cases: cases.length,
    ...{ recorded: recorded.length, registry: registry.length, constants: wordsIn(words) },
  };
  if (seeds.length === 0) return { arbitrary: loose, granted, origins };
  const arbitrary = fc.oneof(
    { weight: 2, arbitrary: loose },
    { weight: 3, arbitrary: neighboursOf(seeds, loose) },
  );
  return { arbitrary, granted, origins };
}

/** Returns milliseconds until `endMs`, at least one, as fast-check requires. */
export function timeUntil(endMs: number): number {
  return Math.max(1, endMs - performance.now());
}
