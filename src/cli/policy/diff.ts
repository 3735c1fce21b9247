import type { Tree } from '../../config/tree.js';
import type { DifferenceAnswer } from '../../domain/answers.generated.js';
import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { plain, printTable, type Column } from '../output.js';
import type { Terminal } from '../terminal.js';
import { READER, type Reader } from '../values.js';
import { outcomeText } from './outcome-text.js';
import { ANALYSIS_TIMEOUT_MS, whileWaiting } from './waiting.js';

const difference: Reader<DifferenceAnswer> = READER;
const edit: Reader<DifferenceAnswer['data']['changes'][number]> = READER;
const permission: Reader<DifferenceAnswer['permissions']['changes'][number]> = READER;

const PERMISSIONS: readonly Column[] = [
  { title: 'CHANGE', value: (row) => permission.text(row, 'kind') },
  { title: 'COUNT', value: (row) => permission.text(row, 'count') },
  { title: 'BEFORE', value: (row) => outcomeText(permission.value(row, 'example', 'before')) },
  { title: 'AFTER', value: (row) => outcomeText(permission.value(row, 'example', 'after')) },
  {
    title: 'EXAMPLE',
    value: (row) =>
      `${permission.text(row, 'example', 'source')}: ${permission.text(row, 'example', 'name')}`,
  },
];

/** Runs `countersign policy diff`: compares two stored bundles in Rego, data and permissions. */
export async function diff(
  cli: Cli,
  from: string,
  to: string,
  options: AdminOptions,
): Promise<void> {
  const { body } = await whileWaiting(
    cli.terminal,
    `comparing ${from} and ${to}`,
    (await connect(cli, options)).call('GET', '/policy/diff', {
      query: { from, to },
      timeoutMs: ANALYSIS_TIMEOUT_MS,
    }),
  );
  show(cli, options, body, (terminal) => {
    printDifference(terminal, body);
  });
}

function printDifference(terminal: Terminal, body: unknown): void {
  const { out } = terminal;
  const why = difference.text(body, 'rego', 'why_not');
  const rego = difference.text(body, 'rego', 'text');
  out(
    `Rego${why === '' ? '' : `: ${plain(why)}`}${why === '' && rego === '' ? ': unchanged' : ''}\n`,
  );
  if (rego !== '')
    for (const line of rego.trimEnd().split('\n')) out(`${plain(line.replaceAll('\t', '  '))}\n`);
  const changes = difference.rows(body, 'data', 'changes');
  out(`\ndata${changes.length === 0 ? ': unchanged' : ''}\n`);
  for (const change of changes) out(`${plain(changeText(change))}\n`);
  const asked = (['recorded', 'cases', 'generated'] as const)
    .map((source) => `${difference.text(body, 'permissions', 'inputs', source)} ${source}`)
    .join(', ');
  const unchanged = difference.text(body, 'permissions', 'unchanged');
  const rows = difference.rows(body, 'permissions', 'changes');
  out(`\npermissions, compared for ${asked}: ${unchanged} unchanged\n`);
  if (rows.length > 0) printTable(terminal, PERMISSIONS, rows);
}

function changeText(change: Tree): string {
  const pointer = edit.text(change, 'pointer');
  const from = edit.value(change, 'from');
  const to = edit.value(change, 'to');
  const lines = [];
  if (from !== undefined) lines.push(`- ${pointer}: ${JSON.stringify(from)}`);
  if (to !== undefined) lines.push(`+ ${pointer}: ${JSON.stringify(to)}`);
  return lines.join('   ');
}
