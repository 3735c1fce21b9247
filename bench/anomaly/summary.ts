import { NAME, sumOf } from './detectors/countersign.js';
import type { AttackKind } from './generator/types.js';
import { falseAlerts, thresholdFor } from './metrics/alerts.js';
import type { Digest } from './metrics/digest.js';
import {
  delaysAt,
  meanOf,
  recallAt,
  recallHeldOut,
  recallWithin,
  spreadOf,
  type Delay,
  type Recall,
  type Spread,
} from './metrics/recall.js';
import type { Result } from './tasks.js';

/** False alerts per agent-month that are allowed. */
export const BUDGETS = [1, 0.1] as const;

export interface AtBudget {
  readonly budget: number;
  readonly threshold: number;
  readonly recall: Recall;
  readonly heldOut: Recall;
  readonly delays: Partial<Record<AttackKind, Delay>>;
}

export interface DetectorSummary {
  readonly detector: string;
  /** The setting with the best macro recall at the first budget, and how many were tried. */
  readonly setting: string;
  readonly settings: number;
  readonly budgets: readonly AtBudget[];
  readonly prAuc: Spread;
  readonly precisions: readonly number[];
}

export interface Lost {
  readonly term: string;
  /** Change of macro recall without the term, per budget; below zero, the term is worth having. */
  readonly macro: readonly number[];
  readonly macroOfAll: readonly number[];
  /** Change of recall by kind at the first budget. */
  readonly kinds: Partial<Record<AttackKind, number>>;
  readonly prAuc: number;
}

export interface Shipped {
  readonly name: 'step_up' | 'quarantine';
  readonly anomaly: number;
  readonly falseAlertsAMonth: number;
  readonly recall: Recall;
  readonly delays: Partial<Record<AttackKind, Delay>>;
}

/** Digests of one variant, one per seed. */
export interface Series {
  readonly detector: string;
  readonly setting: string;
  readonly digests: readonly Digest[];
}

/** Turns results seed by seed into series variant by variant. */
export function seriesOf(seeds: readonly (readonly Result[])[]): Series[] {
  const [first = []] = seeds;
  return first.map(({ detector, setting }, at) => ({
    ...{ detector, setting },
    digests: seeds.flatMap((results) => results[at]?.digest ?? []),
  }));
}

/** Each detector with the setting that does best, so that no baseline is beaten by a poor choice of ours. */
export function detectorsOf(series: readonly Series[]): DetectorSummary[] {
  const names = [...new Set(series.map(({ detector }) => detector))];
  return names
    .filter((name) => !name.startsWith('without '))
    .map((name) => {
      const settings = series.filter(({ detector }) => detector === name);
      const macro = new Map(
        settings.map((one) => [one, recallWithin(one.digests, BUDGETS[0]).macro.mean]),
      );
      const best = settings.reduce((a, b) => ((macro.get(b) ?? 0) > (macro.get(a) ?? 0) ? b : a));
      return summaryOf(best, settings.length);
    });
}

function summaryOf({ detector, setting, digests }: Series, settings: number): DetectorSummary {
  const points = digests[0]?.precisions.length ?? 0;
  return {
    ...{ detector, setting, settings },
    budgets: BUDGETS.map((budget) => {
      const threshold = thresholdFor(digests, budget);
      return {
        ...{ budget, threshold },
        recall: recallWithin(digests, budget),
        heldOut: recallHeldOut(digests, budget),
        delays: delaysAt(digests, threshold),
      };
    }),
    prAuc: spreadOf(digests.map(({ prAuc }) => prAuc)),
    precisions: Array.from({ length: points }, (_, at) =>
      meanOf(digests.map(({ precisions }) => precisions[at] ?? 0)),
    ),
  };
}

/** Returns the loss without each term, with a threshold chosen again for an equal budget. */
export function ablationOf(series: readonly Series[]): Lost[] {
  const whole = series.find(({ detector }) => detector === NAME);
  if (whole === undefined) return [];
  const before = BUDGETS.map((budget) => recallWithin(whole.digests, budget));
  const areaOf = ({ digests }: Series): number => meanOf(digests.map(({ prAuc }) => prAuc));
  return series
    .filter(({ detector }) => detector.startsWith('without '))
    .map((one) => {
      const after = BUDGETS.map((budget) => recallWithin(one.digests, budget));
      const kinds = Object.entries(before[0]?.kinds ?? {}).map(([kind, { mean }]) => [
        kind,
        (after[0]?.kinds[kind as AttackKind]?.mean ?? 0) - mean,
      ]);
      return {
        term: one.detector.slice('without '.length),
        macro: after.map(({ macro }, at) => macro.mean - (before[at]?.macro.mean ?? 0)),
        macroOfAll: after.map(
          ({ macroOfAll }, at) => macroOfAll.mean - (before[at]?.macroOfAll.mean ?? 0),
        ),
        kinds: Object.fromEntries(kinds) as Lost['kinds'],
        prAuc: areaOf(one) - areaOf(whole),
      };
    });
}

/** The shipped policy's. */
export interface Thresholds {
  readonly stepUp: number;
  readonly quarantine: number;
}

/** What the thresholds of the shipped policy would have seen, and how often they would have been wrong. */
export function shippedOf(series: readonly Series[], thresholds: Thresholds): Shipped[] {
  const whole = series.find(({ detector }) => detector === NAME);
  if (whole === undefined) return [];
  const one = (name: Shipped['name'], anomaly: number): Shipped => {
    const threshold = sumOf(anomaly);
    return {
      ...{ name, anomaly },
      falseAlertsAMonth: falseAlerts(whole.digests, threshold),
      recall: recallAt(
        whole.digests,
        whole.digests.map(() => threshold),
      ),
      delays: delaysAt(whole.digests, threshold),
    };
  };
  return [one('step_up', thresholds.stepUp), one('quarantine', thresholds.quarantine)];
}

/** Recall of the score by how the attacker's requests are spread in time. */
export function byTiming(series: readonly Series[], budget: number): Record<string, Recall> {
  const digests = series.find(({ detector }) => detector === NAME)?.digests ?? [];
  const threshold = thresholdFor(digests, budget);
  const of = (timing: string): Recall =>
    recallAt(
      digests.map((digest) => ({
        ...digest,
        attacks: digest.attacks.filter((attack) => attack.timing === timing),
      })),
      digests.map(() => threshold),
    );
  return { sessions: of('sessions'), even: of('even') };
}
