import type { FuelUse } from '../../../domain/policy-lifecycle.js';
import { METER_VERSION } from '../../wasm/fuel/cost.js';
import type { Candidate } from '../candidate.js';

/** Share of the budget above which an ordinary input is a warning. */
const SHARE = 0.1;
const ORDINARY_INPUTS = 32;

/** An input with its name in a report. */
export interface NamedInput {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** One of the largest that the service takes. */
  readonly largest: boolean;
}

export interface MeasuredFuel {
  readonly use: FuelUse;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Measures the fuel of inputs, each on a fresh instance, where it is equal on every node.
 * An ordinary input that uses up the budget is a problem; one of the largest is a warning. Stops at `endMs` after the
 * named inputs.
 */
export function measureFuel(
  candidate: Candidate,
  named: readonly NamedInput[],
  ordinary: readonly Uint8Array[],
  endMs: number,
): MeasuredFuel {
  const budget = candidate.instance.fuel;
  const problems = new Set<string>();
  const warnings = new Set<string>();
  let highest = 0;
  const measure = ({ name, bytes, largest }: NamedInput): void => {
    const fresh = candidate.fresh();
    const ended = fresh.decideBytes(bytes).problem?.startsWith('budget') === true;
    const { fuelUsed } = fresh.instance;
    if (!largest) highest = Math.max(highest, fuelUsed);
    if (ended) {
      const what = `${name} uses up the ${String(budget)} units of fuel`;
      (largest ? warnings : problems).add(`${what}: such a request is answered 503`);
    } else if (!largest && fuelUsed > budget * SHARE) {
      const what = `${name} uses ${String(fuelUsed)} of ${String(budget)} units of fuel`;
      warnings.add(`${what}, more than a tenth`);
    }
  };
  named.forEach(measure);
  for (const bytes of ordinary.slice(0, ORDINARY_INPUTS)) {
    if (performance.now() > endMs) break;
    measure({ name: 'a generated input', bytes, largest: false });
  }
  const use = { meter: METER_VERSION, budget, highest };
  return { use, problems: [...problems], warnings: [...warnings] };
}
