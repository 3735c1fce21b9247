import { ATTACK_KINDS, type AttackKind } from './generator/types.js';
import { tableOf, turnedTableOf } from './markdown.js';
import type { Delay } from './metrics/recall.js';
import { parameterTables } from './parameter-table.js';
import type { Report } from './report.js';
import { percent } from './targets.js';
import type { Pair } from './worth.js';

const two = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(2));
const spread = (value: { mean: number; deviation: number } | undefined): string =>
  value === undefined ? '' : `${two(value.mean)} ± ${two(value.deviation)}`;
/** A change, with a sign; what rounds to nothing is a dot. */
const change = (value: number | undefined): string =>
  value === undefined || Math.abs(value) < 0.005 ? '·' : `${value > 0 ? '+' : ''}${two(value)}`;
const kindHead = ATTACK_KINDS.map((kind) => kind.replaceAll('_', ' '));

/** Every table of the page, by the name of its markers. */
export function tablesOf(report: Report): Record<string, string> {
  const { detectors, ablation, worth, shipped, drift, logs, targets } = report;
  const found: Record<string, string> = {};
  if (targets.length > 0) {
    found['targets'] = tableOf(
      ['target', 'wanted', 'got', 'met'],
      targets.map(({ name, wanted, got, met }) => [name, wanted, got, met ? 'yes' : 'NO']),
    );
  }
  if (detectors.length > 0) {
    found['results'] = [
      machineLine(report),
      summary(report),
      ...[0, 1].map((at) => byKind(report, at)),
    ].join('\n\n');
    found['delays'] = delays(report);
    found['timing'] = timing(report);
    found['shipped'] = shippedTable(shipped);
  }
  if (ablation.length > 0) found['ablation'] = ablationTables(report);
  if (worth.length > 0) found['evidence'] = worthTable(report);
  found['parameters'] = parameterTables();
  if (drift !== undefined) found['drift'] = driftTable(drift);
  if (logs.length > 0) found['logs'] = logTable(logs);
  return found;
}

function machineLine({ at, machine, options }: Report): string {
  const { seeds, agents, days } = options;
  return `${at.slice(0, 10)}, ${machine}: ${seeds} seeds, ${agents} agents, ${days} + ${days} days.`;
}

function summary({ detectors }: Report): string {
  const numbers = turnedTableOf(
    [
      'detector',
      'macro @ 1',
      'held out @ 1',
      'macro @ 0.1',
      'held out @ 0.1',
      'with mimic @ 1',
      'eleven kinds, held out @ 1',
      'eleven kinds, held out @ 0.1',
      'PR-AUC',
    ],
    detectors.map(({ detector, budgets, prAuc }) => [
      detector,
      ...budgets.flatMap(({ recall, heldOut }) => [spread(recall.macro), spread(heldOut.macro)]),
      two(budgets[0]?.recall.macroWithMimic.mean),
      ...budgets.map(({ heldOut }) => spread(heldOut.macroOfAll)),
      spread(prAuc),
    ]),
  );
  const settings = tableOf(
    ['detector', 'best setting (of)'],
    detectors.map(({ detector, setting, settings: count }) => [detector, `${setting} (${count})`]),
  );
  return `${numbers}\n\n${settings}`;
}

function byKind({ detectors }: Report, at: number): string {
  const budget = detectors[0]?.budgets[at]?.budget ?? 0;
  return turnedTableOf(
    [`recall @ ${budget}`, ...kindHead],
    detectors.map(({ detector, budgets }) => [
      detector,
      ...ATTACK_KINDS.map((kind) => two(budgets[at]?.recall.kinds[kind]?.mean)),
    ]),
  );
}

function duration(minutes: number | undefined): string {
  if (minutes === undefined) return '–';
  if (minutes < 90) return `${minutes.toFixed(minutes < 10 ? 1 : 0)} min`;
  return minutes < 2880 ? `${(minutes / 60).toFixed(1)} h` : `${(minutes / 1440).toFixed(1)} d`;
}

const delayText = (delay: Delay | undefined): string =>
  delay === undefined || delay.detected === 0
    ? '–'
    : `${duration(delay.medianMinutes)}, ${duration(delay.p90Minutes)}`;

function delays({ detectors }: Report): string {
  return turnedTableOf(
    ['median, p90 @ 1', ...kindHead],
    detectors.map(({ detector, budgets }) => [
      detector,
      ...ATTACK_KINDS.map((kind) => delayText(budgets[0]?.delays[kind])),
    ]),
  );
}

function timing({ timing: byTiming }: Report): string {
  return turnedTableOf(
    ['attackers with requests that come', 'macro', ...kindHead],
    Object.entries(byTiming).map(([name, recall]) => [
      name === 'even' ? 'evenly' : `in ${name}`,
      two(recall.macro.mean),
      ...ATTACK_KINDS.map((kind) => two(recall.kinds[kind]?.mean)),
    ]),
  );
}

function shippedTable(shipped: Report['shipped']): string {
  return turnedTableOf(
    ['threshold', 'false alerts per agent-month', 'macro', ...kindHead],
    shipped.map(({ name, anomaly, falseAlertsAMonth, recall }) => [
      `\`${name}\` ${anomaly}`,
      two(falseAlertsAMonth),
      two(recall.macro.mean),
      ...ATTACK_KINDS.map((kind) => two(recall.kinds[kind]?.mean)),
    ]),
  );
}

function ablationTables({ ablation }: Report): string {
  const sums = tableOf(
    ['without', 'macro @ 1', 'macro @ 0.1', 'eleven @ 1', 'eleven @ 0.1', 'PR-AUC'],
    ablation.map(({ term, macro, macroOfAll, prAuc }) => [
      `\`${term}\``,
      ...[...macro, ...macroOfAll, prAuc].map(change),
    ]),
  );
  const half = Math.ceil(ATTACK_KINDS.length / 2);
  const byHalf = [ATTACK_KINDS.slice(0, half), ATTACK_KINDS.slice(half)].map((some) =>
    tableOf(
      ['without', ...some.map((kind) => kind.replaceAll('_', ' '))],
      ablation.map(({ term, kinds }) => [
        `\`${term}\``,
        ...some.map((kind: AttackKind) => change(kinds[kind])),
      ]),
    ),
  );
  return [sums, ...byHalf].join('\n\n');
}

function worthTable({ worth }: Report): string {
  const both = (pair: Pair): string => `${two(pair.with)}, ${two(pair.without)}`;
  return tableOf(
    [
      'with the term, without it',
      'recall of',
      ...['@ 1', '@ 0.1', '`step_up`', '`quarantine`'],
      'false step-ups',
    ],
    worth.map(({ kind, term, budgets, stepUp, quarantine, falseStepUps }) => [
      `\`${term}\``,
      kind.replaceAll('_', ' '),
      ...[...budgets, stepUp, quarantine, falseStepUps].map(both),
    ]),
  );
}

function driftTable({ agents, days, warmUp, test }: NonNullable<Report['drift']>): string {
  const row = (name: string, part: typeof test, length: number): string[] => {
    const months = (agents * length) / 30;
    return [name, `${part.stepUps}`, two(part.stepUps / months), `${part.quarantines}`];
  };
  return tableOf(
    [`${agents} benign agents`, 'step-ups', 'per agent-month', 'quarantines'],
    [
      row(`first ${days.warmUp} days`, warmUp, days.warmUp),
      row(`${days.test} days after`, test, days.test),
    ],
  );
}

function logTable(logs: Report['logs']): string {
  return tableOf(
    [
      'log',
      'events',
      'labelled',
      'agents',
      'detector',
      'ROC AUC',
      'by type',
      'PR-AUC',
      'recall',
      'precision',
    ],
    logs.flatMap((log) =>
      log.skipped === undefined
        ? log.detectors.map(({ detector, rocAuc, rocAucOverTypes, prAuc, recall, precision }) => [
            ...[log.name, `${log.events}`, percent(log.malicious / log.events), `${log.agents}`],
            ...[
              detector,
              two(rocAuc),
              two(rocAucOverTypes),
              two(prAuc),
              two(recall),
              two(precision),
            ],
          ])
        : [[log.name, `not measured: ${log.skipped}`]],
    ),
  );
}
