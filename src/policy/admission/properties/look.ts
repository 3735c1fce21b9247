import fc from 'fast-check';
import type { PolicyInput } from '../../../domain/policy.js';
import { timeUntil } from '../inputs/around.js';
import type { Whereabouts } from '../whereabouts.js';
import type { Decide, Property, PropertyName } from './property.js';

/** Inputs to try, deterministic for a seed. */
export interface PropertyTrial {
  readonly candidate: Decide;
  readonly inputs: fc.Arbitrary<PolicyInput>;
  readonly seed: number;
  readonly runs: number;
}

/** A property with an input that violates it. */
export interface Violation {
  readonly property: Property;
  readonly input: PolicyInput;
  readonly pick: number;
  /** Behaviour of the policy. */
  readonly violated: string;
}

export interface Looked {
  /** Fewer than `runs` when time ran out. */
  readonly inputs: number;
  /** Number of inputs that could have violated each property. */
  readonly tested: ReadonlyMap<PropertyName, number>;
  /** The first violation of each property. */
  readonly violations: readonly Violation[];
}

/** Tests every property on every input until `endMs`: making an input costs more than evaluating it. */
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
