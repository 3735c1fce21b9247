import { isTree, type Tree } from '../../config/tree.js';
import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { plain, printTable, type Column } from '../output.js';
import type { Terminal } from '../terminal.js';
import { rowsOf, textOf } from '../values.js';
import { outcomeText } from './outcome-text.js';
import { ANALYSIS_TIMEOUT_MS, whileWaiting } from './waiting.js';

const exampleOf = (row: Tree): Tree => (isTree(row['example']) ? row['example'] : {});

const PERMISSIONS: readonly Column[] = [
  { title: 'CHANGE', value: (row) => textOf(row, 'kind') },
  { title: 'COUNT', value: (row) => textOf(row, 'count') },
  { title: 'BEFORE', value: (row) => outcomeText(exampleOf(row), 'before') },
  { title: 'AFTER', value: (row) => outcomeText(exampleOf(row), 'after') },
  {
    title: 'EXAMPLE',
    value: (row) => `${textOf(row, 'example', 'source')}: ${textOf(row, 'example', 'name')}`,
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
  const why = textOf(body, 'rego', 'why_not');
  const rego = textOf(body, 'rego', 'text');
  out(
    `Rego${why === '' ? '' : `: ${plain(why)}`}${why === '' && rego === '' ? ': unchanged' : ''}\n`,
  );
  if (rego !== '')
    for (const line of rego.trimEnd().split('\n')) out(`${plain(line.replaceAll('\t', '  '))}\n`);
  const changes = rowsOf(isTree(body) ? body['data'] : undefined, 'changes');
  out(`\ndata${changes.length === 0 ? ': unchanged' : ''}\n`);
  for (const change of changes) out(`${plain(changeText(change))}\n`);
  const permissions = isTree(body) ? body['permissions'] : undefined;
  const asked = ['recorded', 'cases', 'generated']
    .map((source) => `${textOf(permissions, 'inputs', source)} ${source}`)
    .join(', ');
  const rows = rowsOf(permissions, 'changes');
  out(`\npermissions, compared for ${asked}: ${textOf(permissions, 'unchanged')} unchanged\n`);
  if (rows.length > 0) printTable(terminal, PERMISSIONS, rows);
}

function changeText(change: Tree): string {
  const lines = [];
  if ('from' in change)
    lines.push(`- ${textOf(change, 'pointer')}: ${JSON.stringify(change['from'])}`);
  if ('to' in change) lines.push(`+ ${textOf(change, 'pointer')}: ${JSON.stringify(change['to'])}`);
  return lines.join('   ');
}
