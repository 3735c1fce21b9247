import { NAME, sumOf } from './detectors/countersign.js';
import type { TermName } from '../../src/domain/signals.js';
import type { EVIDENCE_KINDS } from './generator/types.js';
import { falseAlerts, thresholdFor } from './metrics/alerts.js';
import { recallAt } from './metrics/recall.js';
import { BUDGETS, type Series, type Thresholds } from './summary.js';

type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** The term that is there for each kind of compromise that hardly shows in what is asked for; a stolen credential has none. */
const TERM_OF: Readonly<Partial<Record<EvidenceKind, TermName>>> = {
  honey: 'honey_60m',
  passed_on: 'misuse_60m',
  revoked: 'after_revocation',
};

/** A number with the term, and without it. */
export interface Pair {
  readonly with: number;
  readonly without: number;
}

/** What one term is worth for the kind of compromise it is there for. */
export interface Worth {
  readonly kind: EvidenceKind;
  readonly term: TermName;
  /** Recall at each budget; without the term, the threshold is chosen again. */
  readonly budgets: readonly Pair[];
  /** Recall at the thresholds that ship, which stay what they are. */
  readonly stepUp: Pair;
  readonly quarantine: Pair;
  /** False alerts per agent-month at the step-up threshold: what the term costs. */
  readonly falseStepUps: Pair;
}

export function worthOf(series: readonly Series[], thresholds: Thresholds): Worth[] {
  const named = (name: string): Series | undefined =>
    series.find(({ detector }) => detector === name);
  const whole = named(NAME);
  if (whole === undefined) return [];
  return Object.entries(TERM_OF).flatMap(([name, term]) => {
    const kind = name as EvidenceKind;
    const rest = named(`without ${term}`);
    if (rest === undefined) return [];
    const pair = (of: (one: Series) => number): Pair => ({ with: of(whole), without: of(rest) });
    const [stepUp, quarantine] = [sumOf(thresholds.stepUp), sumOf(thresholds.quarantine)];
    return {
      ...{ kind, term },
      budgets: BUDGETS.map((budget) =>
        pair((one) => recallOf(one, kind, thresholdFor(one.digests, budget))),
      ),
      stepUp: pair((one) => recallOf(one, kind, stepUp)),
      quarantine: pair((one) => recallOf(one, kind, quarantine)),
      falseStepUps: pair(({ digests }) => falseAlerts(digests, stepUp)),
    };
  });
}

function recallOf({ digests }: Series, kind: EvidenceKind, threshold: number): number {
  const thresholds = digests.map(() => threshold);
  return recallAt(digests, thresholds).kinds[kind]?.mean ?? 0;
}
