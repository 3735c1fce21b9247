import { isTree, type Tree } from '../../config/tree.js';
import type { BundleAnswer, ReplayAnswer } from '../../domain/answers.generated.js';
import { segment } from '../admin-client.js';
import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { EXIT } from '../exit-codes.js';
import { usage } from '../failure.js';
import { parseMoment } from '../moment.js';
import { plain, printFields, printTable, type Column } from '../output.js';
import { itemsOf } from '../page.js';
import type { Terminal } from '../terminal.js';
import { READER, type Reader } from '../values.js';
import { outcomeText } from './outcome-text.js';
import { fuelText, sampleFields } from './sample-text.js';
import { ANALYSIS_TIMEOUT_MS, whileWaiting } from './waiting.js';

const bundle: Reader<BundleAnswer> = READER;
const report: Reader<ReplayAnswer> = READER;
const group: Reader<ReplayAnswer['groups'][number]> = READER;
const skipped: Reader<ReplayAnswer['not_replayable'][number]> = READER;

interface ReplayOptions extends AdminOptions {
  readonly since: string;
  readonly until?: string;
  readonly bundle?: string;
  readonly agent?: string;
  readonly limit?: number;
  readonly sample?: true;
  readonly allowNewGrants: number;
}

/** Runs `countersign policy replay`; exit 1 when the candidate has too many new grants. */
export async function replay(cli: Cli, options: ReplayOptions): Promise<void> {
  const { terminal } = cli;
  const client = await connect(cli, options);
  const newest = async (): Promise<string> => {
    const { body } = await client.call('GET', '/policy/bundles');
    const digest = bundle.text(itemsOf(body)[0], 'digest');
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
  const at = (option: string, text: string): string =>
    new Date(parseMoment(option, text, nowMs())).toISOString();
  const { since, until, limit, agent, sample } = options;
  return {
    since: at('--since', since),
    ...(until === undefined ? {} : { until: at('--until', until) }),
    ...(limit === undefined ? {} : { limit }),
    ...(agent === undefined ? {} : { agent }),
    ...(sample === undefined ? {} : { sample }),
  };
}

/** Returns the number of new grants, extrapolated if sampled; infinity when it is missing, so that it blocks. */
function newGrantsOf(body: unknown): number {
  const sampled = report.number(body, 'sample', 'new_grants');
  return sampled ?? report.number(body, 'new_grants') ?? Number.POSITIVE_INFINITY;
}

const GROUPS: readonly Column[] = [
  { title: 'CHANGE', value: (row) => group.text(row, 'kind') },
  { title: 'COUNT', value: (row) => group.text(row, 'count') },
  { title: 'AGENT', value: (row) => group.text(row, 'agent') },
  { title: 'RULES', value: (row) => group.text(row, 'rules') },
  { title: 'BEFORE', value: (row) => outcomeText(group.value(row, 'example', 'before')) },
  { title: 'AFTER', value: (row) => outcomeText(group.value(row, 'example', 'after')) },
  { title: 'EXAMPLE', value: (row) => group.text(row, 'example', 'decision_id') },
];

const REASONS: readonly Column[] = [
  { title: 'NOT REPLAYABLE', value: (row) => skipped.text(row, 'reason') },
  { title: 'COUNT', value: (row) => skipped.text(row, 'count') },
  { title: 'EXAMPLE', value: (row) => skipped.text(row, 'example') },
];

const STOPPED: Readonly<Record<string, string>> = {
  limit: 'the limit was reached: older decisions were not replayed',
  deadline: 'the time limit was reached: older decisions were not replayed',
};

function printReport(terminal: Terminal, body: unknown): void {
  printFields(terminal, [
    [
      'candidate',
      `${report.text(body, 'candidate', 'revision')} ${report.text(body, 'candidate', 'digest')}`,
    ],
    ['decisions', report.text(body, 'decisions')],
    ['oldest', report.time(body, 'oldest_ms')],
    ['replayed', report.text(body, 'replayed')],
    ['unchanged', report.text(body, 'unchanged')],
    ['masked', report.text(body, 'masked')],
    ['new grants', report.text(body, 'new_grants')],
    ...sampleFields(report.object(body, 'sample')),
    ['fuel', fuelText(report.object(body, 'fuel'))],
    ['speed', `${report.text(body, 'decisions_per_second')} decisions/s`],
    ['stopped', STOPPED[report.text(body, 'stopped')] ?? ''],
  ]);
  const groups = report.rows(body, 'groups');
  if (groups.length > 0) {
    terminal.out('\n');
    printTable(terminal, GROUPS, groups);
    for (const row of groups) printExample(terminal, row);
  }
  const reasons = report.rows(body, 'not_replayable');
  if (reasons.length === 0) return;
  terminal.out('\n');
  printTable(terminal, REASONS, reasons);
}

function printExample(terminal: Terminal, row: Tree): void {
  const how =
    group.value(row, 'example', 'minimised') === true
      ? 'the smallest input that shows it'
      : `the smallest recorded input (${group.text(row, 'example', 'why_not_minimised')})`;
  terminal.out(`\n${group.text(row, 'kind')} ${plain(group.text(row, 'agent'))}: ${plain(how)}\n`);
  terminal.out(`${plain(JSON.stringify(group.object(row, 'example', 'input')))}\n`);
}
