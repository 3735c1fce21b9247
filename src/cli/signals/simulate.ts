import { isTree, type Tree } from '../../config/tree.js';
import type { SimulationAnswer } from '../../domain/answers.generated.js';
import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { EXIT } from '../exit-codes.js';
import { parseMoment } from '../moment.js';
import { plain, printFields, printTable, type Column } from '../output.js';
import { ANALYSIS_TIMEOUT_MS, whileWaiting } from '../policy/waiting.js';
import type { Terminal } from '../terminal.js';
import { READER, type Reader } from '../values.js';

type StopAnswer = SimulationAnswer['stops'][number];

const report: Reader<SimulationAnswer> = READER;
const crossing: Reader<StopAnswer> = READER;
const stepUp: Reader<SimulationAnswer['step_ups'][number]> = READER;
const term: Reader<StopAnswer['signals'][number]> = READER;

interface SimulateOptions extends AdminOptions {
  readonly since: string;
  readonly until?: string;
  readonly warmUp: string;
  readonly quarantine: number;
  readonly stepUp?: number;
  readonly class?: string;
  readonly agent?: string;
  readonly allowStops: number;
}

/** Runs `countersign signals simulate`; exit 1 when more agents than allowed would be stopped. */
export async function simulate(cli: Cli, options: SimulateOptions): Promise<void> {
  const { terminal } = cli;
  const { body } = await whileWaiting(
    terminal,
    `simulating what agents did since ${options.since}`,
    (await connect(cli, options)).call('POST', '/signals/simulations', {
      body: requestOf(terminal, options),
      timeoutMs: ANALYSIS_TIMEOUT_MS,
    }),
  );
  const exceeded = stoppedIn(body) > options.allowStops;
  show(cli, options, isTree(body) ? { ...body, exceeds: exceeded } : body, () => {
    printReport(terminal, body);
    if (exceeded) {
      terminal.out(
        `\nSTOPS: ${report.text(body, 'stopped')} agents would be quarantined; --allow-stops is ${String(options.allowStops)}\n`,
      );
    }
  });
  if (exceeded) cli.exitWith(EXIT.refused);
}

function requestOf({ nowMs }: Terminal, options: SimulateOptions): object {
  const now = nowMs();
  const at = (option: string, text: string): string =>
    new Date(parseMoment(option, text, now)).toISOString();
  const { since, until, warmUp, quarantine, agent } = options;
  return {
    since: at('--since', since),
    ...(until === undefined ? {} : { until: at('--until', until) }),
    warm_up_seconds: Math.round((now - parseMoment('--warm-up', warmUp, now)) / 1000),
    quarantine,
    ...(options.stepUp === undefined ? {} : { step_up: options.stepUp }),
    ...(options.class === undefined ? {} : { class: options.class }),
    ...(agent === undefined ? {} : { agent }),
  };
}

/** Returns the number of stopped agents; infinity when it is missing, so that the command fails. */
function stoppedIn(body: unknown): number {
  return report.number(body, 'stopped') ?? Number.POSITIVE_INFINITY;
}

const CROSSING: readonly Column[] = [
  { title: 'AGENT', value: (row) => crossing.text(row, 'agent') },
  { title: 'AT', value: (row) => crossing.time(row, 'at_ms') },
  { title: 'SCORE', value: (row) => scoreOf(row) },
];
const STOPS: readonly Column[] = [
  { title: 'STOPPED', value: (row) => crossing.text(row, 'agent') },
  ...CROSSING.slice(1),
  { title: 'TOKENS CUT', value: (row) => crossing.text(row, 'tokens_cut') },
  { title: 'GRANTS DENIED', value: (row) => crossing.text(row, 'denied_grants') },
  { title: 'LATER REQUESTS', value: (row) => crossing.text(row, 'later_requests') },
  { title: 'DECISION', value: (row) => crossing.text(row, 'decision_id') },
];
const STEP_UPS: readonly Column[] = [
  { title: 'STEPPED UP', value: (row) => stepUp.text(row, 'agent') },
  ...CROSSING.slice(1),
  { title: 'REQUESTS', value: (row) => stepUp.text(row, 'requests') },
  { title: 'GRANTS', value: (row) => stepUp.text(row, 'grants') },
  { title: 'DECISION', value: (row) => stepUp.text(row, 'decision_id') },
];

function scoreOf(row: Tree): string {
  return crossing.number(row, 'anomaly')?.toFixed(3) ?? '';
}

function printReport(terminal: Terminal, body: unknown): void {
  printFields(terminal, [
    ['since', report.time(body, 'since_ms')],
    ['until', report.time(body, 'until_ms')],
    ['step up', report.text(body, 'step_up')],
    ['quarantine', report.text(body, 'quarantine')],
    ['agents', report.text(body, 'agents')],
    ['events', report.text(body, 'events')],
    ['stopped', report.text(body, 'stopped')],
    ['stepped up', report.text(body, 'stepped_up')],
    ['speed', `${report.text(body, 'events_per_second')} events/s`],
    [
      'ended',
      report.text(body, 'ended') === ''
        ? ''
        : 'the time limit was reached: the remaining agents were not simulated',
    ],
  ]);
  for (const [key, columns] of [
    ['stops', STOPS],
    ['step_ups', STEP_UPS],
  ] as const) {
    const rows = report.rows(body, key);
    if (rows.length === 0) continue;
    terminal.out('\n');
    printTable(terminal, columns, rows);
    if (key === 'stops') for (const row of rows) printReasons(terminal, row);
  }
}

function printReasons(terminal: Terminal, row: Tree): void {
  const sentences = crossing.rows(row, 'signals').map((one) => term.text(one, 'sentence'));
  terminal.out(`\n${plain(crossing.text(row, 'agent'))}: ${plain(sentences.join('; '))}\n`);
}
