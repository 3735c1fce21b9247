import { NAME } from './detectors/countersign.js';
import type { DetectorSummary, Shipped } from './summary.js';
import type { Drift } from './tasks.js';

export interface Target {
  readonly name: string;
  readonly wanted: string;
  readonly got: string;
  readonly met: boolean;
}

/** Minutes within which a burst, and a probing, is to be seen. */
const BURST_MINUTES = 5;
const PROBING_MINUTES = 3;
const OFF_HOURS = 0.5;
const MACRO = 0.7;

const minutesOf = (value: number | undefined): string =>
  value === undefined ? 'never' : `${value.toFixed(1)} min`;

/** What was aimed at, and what came out; medians of the time to detect. */
export function targetsOf(
  detectors: readonly DetectorSummary[],
  shipped: readonly Shipped[],
  drift: Drift | undefined,
): Target[] {
  const targets: Target[] = [];
  const add = (name: string, wanted: string, got: string, met: boolean): void => {
    targets.push({ name, wanted, got, met });
  };
  const atOne = detectors.find(({ detector }) => detector === NAME)?.budgets[0];
  if (atOne !== undefined) {
    const { mean } = atOne.heldOut.macro;
    const best = bestBaseline(detectors);
    const [burst, probing] = [atOne.delays.burst, atOne.delays.probing];
    const ramp = atOne.recall.kinds.ramp?.mean ?? 0;
    const within = (median: number | undefined, most: number): boolean =>
      median !== undefined && median <= most;
    add('macro recall, held out, at 1 false alert', `≥ ${MACRO}`, mean.toFixed(2), mean >= MACRO);
    const twice = `≥ ${(2 * best).toFixed(2)}`;
    add('twice the recall of the best baseline', twice, mean.toFixed(2), mean >= 2 * best);
    const offHours = atOne.recall.kinds.off_hours?.mean ?? 0;
    add('off hours', `≥ ${OFF_HOURS}`, offHours.toFixed(2), offHours >= OFF_HOURS);
    add(
      'burst seen within (median)',
      `${BURST_MINUTES} min`,
      minutesOf(burst?.medianMinutes),
      within(burst?.medianMinutes, BURST_MINUTES),
    );
    add(
      'probing seen within (median)',
      `${PROBING_MINUTES} min`,
      minutesOf(probing?.medianMinutes),
      within(probing?.medianMinutes, PROBING_MINUTES),
    );
    add('ramps that alert before they tripled', 'all', percent(ramp), ramp === 1);
  }
  const stepUp = shipped.find(({ name }) => name === 'step_up');
  if (stepUp !== undefined) {
    const alerts = stepUp.falseAlertsAMonth;
    add('false step-ups per agent-month', '≤ 1', alerts.toFixed(2), alerts <= 1);
  }
  if (drift !== undefined) {
    const { quarantines } = drift.test;
    add('quarantines of the benign fleet in 30 days', '0', `${quarantines}`, quarantines === 0);
  }
  return targets;
}

export const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

/** The highest macro recall, held out, of the others at one false alert. */
function bestBaseline(detectors: readonly DetectorSummary[]): number {
  const others = detectors.filter(({ detector }) => detector !== NAME);
  return Math.max(...others.map(({ budgets }) => budgets[0]?.heldOut.macro.mean ?? 0));
}
