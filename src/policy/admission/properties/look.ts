import fc from 'fast-check';
import type { PolicyInput } from '../../../domain/policy.js';
import { timeUntil } from '../inputs/around.js';
import type { Whereabouts } from '../whereabouts.js';
import type { Decide, Property, PropertyName } from './property.js';

/** Inputs to try, the same ones each time for the same seed. */
export interface PropertyTrial {
  readonly candidate: Decide;
  readonly inputs: fc.Arbitrary<PolicyInput>;
  readonly seed: number;
  readonly runs: number;
}

/** A property and an input that shows that it does not hold. */
export interface Violation {
  readonly property: Property;
  readonly input: PolicyInput;
  readonly pick: number;
  /** What the policy did. */
  readonly violated: string;
}

export interface Looked {
  /** Fewer than `runs` when there was no time for more. */
  readonly inputs: number;
  /** On how many inputs each property could have failed. */
  readonly tested: ReadonlyMap<PropertyName, number>;
  /** The first violation of each property. */
  readonly violations: readonly Violation[];
}

/** Puts every input to every property, until `endMs` at most: making an input costs more than evaluating it. */
export function look(
  { candidate, inputs, seed, runs }: PropertyTrial,
  properties: readonly Property[],
  where: Whereabouts,
  endMs: number,
): Looked {
  const tested = new Map<PropertyName, number>(properties.map(({ name }) => [name, 0]));
  const violations = new Map<PropertyName, Violation>();
  let count = 0;
  const all = fc.property(inputs, fc.nat(), (input, pick) => {
    count += 1;
    for (const property of properties) {
      const { name } = property;
      if (violations.has(name)) continue;
      where.doing(`properties: ${name}`);
      const shown = property.show(input, pick, candidate);
      if (shown === 'skipped') continue;
      tested.set(name, (tested.get(name) ?? 0) + 1);
      if (shown === 'holds') continue;
      violations.set(name, { property, input, pick, violated: shown.violated });
    }
  });
  fc.check(all, { seed, numRuns: runs, interruptAfterTimeLimit: timeUntil(endMs) });
  return { inputs: count, tested, violations: [...violations.values()] };
}
