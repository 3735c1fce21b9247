import fc from 'fast-check';
import type { PolicyInput } from '../../../domain/policy.js';
import { timeUntil } from '../inputs/around.js';
import { reduceInput } from '../inputs/reduce.js';
import type { PropertyTrial, Violation } from './look.js';

/**
 * Minimises an input that shows a violation, until `endMs`.
 * Shrinks it with fast-check, then removes every part that is not needed.
 */
export function minimise(
  { candidate, inputs, seed, runs }: PropertyTrial,
  found: Violation,
  endMs: number,
): Violation {
  const { property } = found;
  const shows = (input: PolicyInput, pick: number): boolean =>
    typeof property.show(input, pick, candidate) !== 'string';
  const halfMs = performance.now() + timeUntil(endMs) / 2;
  const { counterexample } = fc.check(
    fc.property(inputs, fc.nat(), (input, pick) => !shows(input, pick)),
    { seed, numRuns: runs, interruptAfterTimeLimit: timeUntil(halfMs) },
  );
  // When time ran out before the violation was found again, the first input is used.
  const [shrunk, pick] = counterexample ?? [found.input, found.pick];
  const input = reduceInput(shrunk, (smaller) => shows(smaller, pick), endMs);
  const shown = property.show(input, pick, candidate);
  return typeof shown === 'string' ? found : { property, input, pick, violated: shown.violated };
}
