import type { FuelUse } from '../../../domain/policy-lifecycle.js';
import { METER_VERSION } from '../../wasm/fuel/cost.js';
import type { Candidate } from '../candidate.js';

/** Share of the budget above which an ordinary input is a warning. */
const SHARE = 0.1;
const ORDINARY_INPUTS = 32;

/** The fuel of an input on a fresh instance, with the name of the input in a report. */
export interface UsedFuel {
  readonly name: string;
  readonly used: number;
  /** One of the largest that the service takes. */
  readonly largest: boolean;
}

export interface MeasuredFuel {
  readonly use: FuelUse;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Reports the fuel of measured inputs, and of ordinary ones, each measured on a fresh instance until `endMs`.
 * The fuel on a fresh instance is equal on every node. An ordinary input that uses up the budget is a problem; one of
 * the largest is a warning. Each name is listed once, with its highest use.
 */
export function reportFuel(
  candidate: Candidate,
  measured: readonly UsedFuel[],
  ordinary: readonly Uint8Array[],
  endMs: number,
): MeasuredFuel {
  const budget = candidate.instance.fuel;
  const highest = new Map<string, UsedFuel>();
  for (const one of [...measured, ...measureOrdinary(candidate, ordinary, endMs)]) {
    if (one.used > (highest.get(one.name)?.used ?? -1)) highest.set(one.name, one);
  }
  const all = [...highest.values()];
  const ended = all.filter(({ used }) => used > budget).map((one) => usesUp(one, budget));
  const uses = all.filter(({ largest }) => !largest).map(({ used }) => Math.min(used, budget));
  const use = { meter: METER_VERSION, budget, highest: Math.max(0, ...uses) };
  return {
    use,
    problems: ended.filter(({ largest }) => !largest).map(({ text }) => text),
    warnings: [
      ...ended.filter(({ largest }) => largest).map(({ text }) => text),
      ...all
        .filter(({ used, largest }) => !largest && used <= budget && used > budget * SHARE)
        .map(({ name, used }) => {
          const what = `${name} uses ${String(used)} of ${String(budget)} units of fuel`;
          return `${what}, more than a tenth`;
        }),
    ],
  };
}

function usesUp({ name, largest }: UsedFuel, budget: number) {
  const what = `${name} uses up the ${String(budget)} units of fuel`;
  return { largest, text: `${what}: such a request is answered 503` };
}

function* measureOrdinary(
  candidate: Candidate,
  ordinary: readonly Uint8Array[],
  endMs: number,
): Generator<UsedFuel> {
  for (const bytes of ordinary.slice(0, ORDINARY_INPUTS)) {
    if (performance.now() > endMs) return;
    const fresh = candidate.fresh();
    const ended = fresh.decideBytes(bytes).problem?.startsWith('budget') === true;
    const { fuelUsed, fuel } = fresh.instance;
    yield { name: 'a generated input', used: ended ? fuel + 1 : fuelUsed, largest: false };
  }
}
