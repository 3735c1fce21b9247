import fc from 'fast-check';
import type { PolicyInput } from '../../../domain/policy.js';
import { timeUntil } from '../inputs/around.js';
import type { Whereabouts } from '../whereabouts.js';
import type { Decide, Property, PropertyName } from './property.js';

/** Inputs to try, deterministic for a seed. */
export interface PropertyTrial {
  readonly candidate: Decide;
  readonly inputs: fc.Arbitrary<PolicyInput>;
  /** Inputs that are tried before generated ones. */
  readonly examples: readonly PolicyInput[];
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
  /** Those of them with a grant. */
  readonly granted: number;
  /** Number of inputs that could have violated each property. */
  readonly tested: ReadonlyMap<PropertyName, number>;
  /** Properties of parts of the input that granted inputs showed to be unused. */
  readonly unused: ReadonlySet<PropertyName>;
  /** The first violation of each property. */
  readonly violations: readonly Violation[];
}

/** The time to look, in milliseconds of the monotonic clock. */
export interface LookTimes {
  readonly endMs: number;
  /** Number of inputs that are tested until `lateMs`, when there were fewer at `endMs`. */
  readonly fewest: number;
  readonly lateMs: number;
}

/** Tests every property on every input until the end: making an input costs more than evaluating it. */
export function look(
  { candidate, inputs, examples, seed, runs }: PropertyTrial,
  properties: readonly Property[],
  where: Whereabouts,
  { endMs, fewest, lateMs }: LookTimes,
): Looked {
  const tested = new Map<PropertyName, number>(properties.map(({ name }) => [name, 0]));
  const violations = new Map<PropertyName, Violation>();
  const unused = new Set<PropertyName>();
  let count = 0;
  let granted = 0;
  const all = fc.property(inputs, fc.nat(), (input, pick) => {
    count += 1;
    if (candidate.decide(input).scopes.length > 0) granted += 1;
    for (const property of properties) {
      const { name } = property;
      if (violations.has(name)) continue;
      where.doing(`properties: ${name}`);
      const shown = property.show(input, pick, candidate);
      if (shown === 'unused') unused.add(name);
      if (shown === 'skipped' || shown === 'unused') continue;
      tested.set(name, (tested.get(name) ?? 0) + 1);
      if (shown === 'holds') continue;
      violations.set(name, { property, input, pick, violated: shown.violated });
    }
  });
  fc.check(all, {
    ...{ seed, numRuns: runs, interruptAfterTimeLimit: timeUntil(endMs) },
    examples: examples.map((input, i): [PolicyInput, number] => [input, i]),
  });
  if (count < fewest) {
    const others = { seed: seed + 1, numRuns: fewest - count };
    fc.check(all, { ...others, interruptAfterTimeLimit: timeUntil(lateMs) });
  }
  return { inputs: count, granted, tested, unused, violations: [...violations.values()] };
}
