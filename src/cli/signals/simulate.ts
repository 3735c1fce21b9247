import { isTree, type Tree } from '../../config/tree.js';
import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { EXIT } from '../exit-codes.js';
import { parseMoment } from '../moment.js';
import { plain, printFields, printTable, type Column } from '../output.js';
import { ANALYSIS_TIMEOUT_MS, whileWaiting } from '../policy/waiting.js';
import type { Terminal } from '../terminal.js';
import { rowsOf, textOf, timeOf } from '../values.js';

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
        `\nSTOPS: ${textOf(body, 'stopped')} agents would be quarantined; --allow-stops is ${String(options.allowStops)}\n`,
      );
    }
  });
  if (exceeded) cli.exitWith(EXIT.refused);
}

function requestOf({ nowMs }: Terminal, options: SimulateOptions): object {
  const now = nowMs();
  const at = (text: string): string => new Date(parseMoment(text, now)).toISOString();
  const { since, until, warmUp, quarantine, stepUp, agent } = options;
  return {
    since: at(since),
    ...(until === undefined ? {} : { until: at(until) }),
    warm_up_seconds: Math.round((now - parseMoment(warmUp, now)) / 1000),
    quarantine,
    ...(stepUp === undefined ? {} : { step_up: stepUp }),
    ...(options.class === undefined ? {} : { class: options.class }),
    ...(agent === undefined ? {} : { agent }),
  };
}

/** Returns the number of stopped agents; infinity when it is missing, so that the command fails. */
function stoppedIn(body: unknown): number {
  const found = isTree(body) ? body['stopped'] : undefined;
  return typeof found === 'number' ? found : Number.POSITIVE_INFINITY;
}

const CROSSING: readonly Column[] = [
  { title: 'AGENT', value: (row) => textOf(row, 'agent') },
  { title: 'AT', value: (row) => timeOf(row, 'at_ms') },
  { title: 'SCORE', value: (row) => scoreOf(row) },
];
const STOPS: readonly Column[] = [
  { title: 'STOPPED', value: (row) => textOf(row, 'agent') },
  ...CROSSING.slice(1),
  { title: 'TOKENS CUT', value: (row) => textOf(row, 'tokens_cut') },
  { title: 'GRANTS DENIED', value: (row) => textOf(row, 'denied_grants') },
  { title: 'LATER REQUESTS', value: (row) => textOf(row, 'later_requests') },
  { title: 'DECISION', value: (row) => textOf(row, 'decision_id') },
];
const STEP_UPS: readonly Column[] = [
  { title: 'STEPPED UP', value: (row) => textOf(row, 'agent') },
  ...CROSSING.slice(1),
  { title: 'REQUESTS', value: (row) => textOf(row, 'requests') },
  { title: 'GRANTS', value: (row) => textOf(row, 'grants') },
  { title: 'DECISION', value: (row) => textOf(row, 'decision_id') },
];

function scoreOf(row: Tree): string {
  const found = row['anomaly'];
  return typeof found === 'number' ? found.toFixed(3) : '';
}

function printReport(terminal: Terminal, body: unknown): void {
  printFields(terminal, [
    ['since', timeOf(body, 'since_ms')],
    ['until', timeOf(body, 'until_ms')],
    ['step up', textOf(body, 'step_up')],
    ['quarantine', textOf(body, 'quarantine')],
    ['agents', textOf(body, 'agents')],
    ['events', textOf(body, 'events')],
    ['stopped', textOf(body, 'stopped')],
    ['stepped up', textOf(body, 'stepped_up')],
    ['speed', `${textOf(body, 'events_per_second')} events/s`],
    [
      'ended',
      textOf(body, 'ended') === ''
        ? ''
        : 'the time limit was reached: the remaining agents were not simulated',
    ],
  ]);
  for (const [key, columns] of [
    ['stops', STOPS],
    ['step_ups', STEP_UPS],
  ] as const) {
    const rows = rowsOf(body, key);
    if (rows.length === 0) continue;
    terminal.out('\n');
    printTable(terminal, columns, rows);
    if (key === 'stops') for (const row of rows) printReasons(terminal, row);
  }
}

function printReasons(terminal: Terminal, row: Tree): void {
  const sentences = rowsOf(row, 'signals').map((term) => textOf(term, 'sentence'));
  terminal.out(`\n${plain(textOf(row, 'agent'))}: ${plain(sentences.join('; '))}\n`);
}
