import { isTree, type Tree } from '../../config/tree.js';
import { segment } from '../admin-client.js';
import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { EXIT } from '../exit-codes.js';
import { usage } from '../failure.js';
import { parseMoment } from '../moment.js';
import { plain, printFields, printTable, type Column } from '../output.js';
import type { Terminal } from '../terminal.js';
import { rowsOf, textOf, timeOf } from '../values.js';
import { outcomeText } from './outcome-text.js';
import { ANALYSIS_TIMEOUT_MS, whileWaiting } from './waiting.js';

interface ReplayOptions extends AdminOptions {
  readonly since: string;
  readonly until?: string;
  readonly bundle?: string;
  readonly agent?: string;
  readonly limit?: number;
  readonly allowNewGrants: number;
}

/** Runs `countersign policy replay`; exit 1 when the candidate has too many new grants. */
export async function replay(cli: Cli, options: ReplayOptions): Promise<void> {
  const { terminal } = cli;
  const client = await connect(cli, options);
  const newest = async (): Promise<string> => {
    const { body } = await client.call('GET', '/policy/bundles');
    const digest = textOf(rowsOf(body, 'items')[0], 'digest');
    if (digest === '') throw usage('no bundle was pushed: name one with --bundle');
    return digest;
  };
  const ref = options.bundle ?? (await newest());
  const { body } = await whileWaiting(
    terminal,
    `replaying decisions since ${options.since}`,
    client.call('POST', `/policy/bundles/${segment(ref)}/replay`, {
      body: requestOf(terminal, options),
      timeoutMs: ANALYSIS_TIMEOUT_MS,
    }),
  );
  const blocked = newGrantsOf(body) > options.allowNewGrants;
  const document = isTree(body) ? { ...body, blocks: blocked } : body;
  show(cli, options, document, () => {
    printReport(terminal, body);
    if (!blocked) return;
    terminal.out(
      `\nBLOCKS: ${String(newGrantsOf(body))} decisions have new grants; --allow-new-grants is ${String(options.allowNewGrants)}\n`,
    );
  });
  if (blocked) cli.exitWith(EXIT.refused);
}

function requestOf({ nowMs }: Terminal, options: ReplayOptions): object {
  const at = (text: string): string => new Date(parseMoment(text, nowMs())).toISOString();
  const { since, until, limit, agent } = options;
  return {
    since: at(since),
    ...(until === undefined ? {} : { until: at(until) }),
    ...(limit === undefined ? {} : { limit }),
    ...(agent === undefined ? {} : { agent }),
  };
}

/** Returns the number of new grants; infinity when it is missing, so that it blocks. */
function newGrantsOf(body: unknown): number {
  const found = isTree(body) ? body['new_grants'] : undefined;
  return typeof found === 'number' ? found : Number.POSITIVE_INFINITY;
}

const exampleOf = (row: Tree): Tree => (isTree(row['example']) ? row['example'] : {});

const GROUPS: readonly Column[] = [
  { title: 'CHANGE', value: (row) => textOf(row, 'kind') },
  { title: 'COUNT', value: (row) => textOf(row, 'count') },
  { title: 'AGENT', value: (row) => textOf(row, 'agent') },
  { title: 'RULES', value: (row) => textOf(row, 'rules') },
  { title: 'BEFORE', value: (row) => outcomeText(exampleOf(row), 'before') },
  { title: 'AFTER', value: (row) => outcomeText(exampleOf(row), 'after') },
  { title: 'EXAMPLE', value: (row) => textOf(row, 'example', 'decision_id') },
];

const REASONS: readonly Column[] = [
  { title: 'NOT REPLAYABLE', value: (row) => textOf(row, 'reason') },
  { title: 'COUNT', value: (row) => textOf(row, 'count') },
  { title: 'EXAMPLE', value: (row) => textOf(row, 'example') },
];

const STOPPED: Readonly<Record<string, string>> = {
  limit: 'the limit was reached: older decisions were not replayed',
  deadline: 'the time limit was reached: older decisions were not replayed',
};

function printReport(terminal: Terminal, body: unknown): void {
  printFields(terminal, [
    [
      'candidate',
      `${textOf(body, 'candidate', 'revision')} ${textOf(body, 'candidate', 'digest')}`,
    ],
    ['decisions', textOf(body, 'decisions')],
    ['oldest', timeOf(body, 'oldest_ms')],
    ['replayed', textOf(body, 'replayed')],
    ['unchanged', textOf(body, 'unchanged')],
    ['masked', textOf(body, 'masked')],
    ['new grants', textOf(body, 'new_grants')],
    ['speed', `${textOf(body, 'decisions_per_second')} decisions/s`],
    ['stopped', STOPPED[textOf(body, 'stopped')] ?? ''],
  ]);
  const groups = rowsOf(body, 'groups');
  if (groups.length > 0) {
    terminal.out('\n');
    printTable(terminal, GROUPS, groups);
    for (const group of groups) printExample(terminal, group);
  }
  const reasons = rowsOf(body, 'not_replayable');
  if (reasons.length === 0) return;
  terminal.out('\n');
  printTable(terminal, REASONS, reasons);
}

function printExample(terminal: Terminal, group: Tree): void {
  const example = exampleOf(group);
  const how =
    example['minimised'] === true
      ? 'the smallest input that shows it'
      : `the smallest recorded input (${textOf(example, 'why_not_minimised')})`;
  terminal.out(`\n${textOf(group, 'kind')} ${plain(textOf(group, 'agent'))}: ${plain(how)}\n`);
  terminal.out(`${plain(JSON.stringify(example['input'] ?? {}))}\n`);
}
