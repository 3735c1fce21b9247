import { ATTACK_KINDS, USAGE_KINDS, type AttackKind } from '../generator/types.js';
import { thresholdFor } from './alerts.js';
import type { Detection, Digest } from './digest.js';

export interface Spread {
  readonly mean: number;
  /** Over the seeds. */
  readonly deviation: number;
}

export interface Recall {
  readonly kinds: Readonly<Partial<Record<AttackKind, Spread>>>;
  /** Mean over the kinds that are detectable by what is asked for, without the mimic, and with it. */
  readonly macro: Spread;
  readonly macroWithMimic: Spread;
  /** Mean over all kinds without the mimic. */
  readonly macroOfAll: Spread;
}

/** Minutes after the start of the first alert; undefined when there is none. */
export const detectedAfter = ({ rises }: Detection, threshold: number): number | undefined =>
  rises.find(({ score }) => score >= threshold)?.minutes;

export const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

export function spreadOf(values: readonly number[]): Spread {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)) };
}

/** The value at a share of the sorted ones (nearest rank); undefined of none. */
export function quantileOf(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

const kindRecalls = ({ attacks }: Digest, threshold: number): [AttackKind, number][] =>
  ATTACK_KINDS.flatMap((kind) => {
    const mine = attacks.filter((attack) => attack.kind === kind);
    if (mine.length === 0) return [];
    const seen = mine.filter((attack) => detectedAfter(attack, threshold) !== undefined);
    return [[kind, seen.length / mine.length] as [AttackKind, number]];
  });

const notMimic = (kind: AttackKind): boolean => kind !== 'mimic';

/** Recall at a threshold, seed by seed: `thresholds[i]` belongs to `digests[i]`. */
export function recallAt(digests: readonly Digest[], thresholds: readonly number[]): Recall {
  const bySeed = digests.map((digest, at) => kindRecalls(digest, thresholds[at] ?? Infinity));
  const macro = (over: readonly AttackKind[]): Spread =>
    spreadOf(
      bySeed.map((kinds) =>
        meanOf(kinds.flatMap(([kind, recall]) => (over.includes(kind) ? [recall] : []))),
      ),
    );
  const kinds = Object.fromEntries(
    ATTACK_KINDS.flatMap((kind) => {
      const values = bySeed.flatMap((seed) =>
        seed.flatMap(([name, recall]) => (name === kind ? [recall] : [])),
      );
      return values.length === 0 ? [] : [[kind, spreadOf(values)]];
    }),
  );
  return {
    kinds,
    macro: macro(USAGE_KINDS.filter(notMimic)),
    macroWithMimic: macro(USAGE_KINDS),
    macroOfAll: macro(ATTACK_KINDS.filter(notMimic)),
  };
}

/** One threshold for all seeds, chosen on these streams. */
export function recallWithin(digests: readonly Digest[], budget: number): Recall {
  const threshold = thresholdFor(digests, budget);
  return recallAt(
    digests,
    digests.map(() => threshold),
  );
}

/** Each half of the seeds is judged by the threshold the other half chose. */
export function recallHeldOut(digests: readonly Digest[], budget: number): Recall {
  const half = (rest: number): Digest[] => digests.filter((_, at) => at % 2 === rest);
  const thresholds = [thresholdFor(half(1), budget), thresholdFor(half(0), budget)];
  return recallAt(
    digests,
    digests.map((_, at) => thresholds[at % 2] ?? Infinity),
  );
}

export interface Delay {
  readonly detected: number;
  readonly medianMinutes: number | undefined;
  readonly p90Minutes: number | undefined;
}

/** How long each kind works before the first alert, over those that are detected at all. */
export function delaysAt(
  digests: readonly Digest[],
  threshold: number,
): Partial<Record<AttackKind, Delay>> {
  const attacks = digests.flatMap((digest) => digest.attacks);
  return Object.fromEntries(
    ATTACK_KINDS.map((kind) => {
      const minutes = attacks
        .filter((attack) => attack.kind === kind)
        .flatMap((attack) => detectedAfter(attack, threshold) ?? []);
      const delay: Delay = {
        detected: minutes.length,
        medianMinutes: quantileOf(minutes, 0.5),
        p90Minutes: quantileOf(minutes, 0.9),
      };
      return [kind, delay];
    }),
  );
}
