import { isTree } from '../../config/tree.js';
import { segment } from '../admin-client.js';
import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { plain, printFields, printTable, type Column } from '../output.js';
import type { Terminal } from '../terminal.js';
import { rowsOf, textOf, timeOf } from '../values.js';
import { outcomeText } from './outcome-text.js';
import { ANALYSIS_TIMEOUT_MS, whileWaiting } from './waiting.js';

const SCOPES: readonly Column[] = [
  { title: 'SCOPE', value: (row) => textOf(row, 'scope') },
  { title: 'VERDICT', value: (row) => textOf(row, 'verdict') },
  { title: 'RULE', value: (row) => textOf(row, 'rule') },
  { title: 'REASON', value: (row) => textOf(row, 'reason') },
];

const RULES: readonly Column[] = [
  { title: 'RULE', value: (row) => textOf(row, 'rule') },
  { title: 'TITLE', value: (row) => textOf(row, 'title') },
  { title: 'WHERE', value: (row) => textOf(row, 'location') },
];

/** Runs `countersign policy explain`: explains a recorded decision. */
export async function explain(
  cli: Cli,
  id: string,
  options: AdminOptions & { readonly trace?: boolean },
): Promise<void> {
  const { body } = await whileWaiting(
    cli.terminal,
    `explaining ${id}`,
    (await connect(cli, options)).call('GET', `/policy/explain/${segment(id)}`, {
      timeoutMs: ANALYSIS_TIMEOUT_MS,
    }),
  );
  show(cli, options, body, (terminal) => {
    printExplanation(terminal, body, options.trace === true);
  });
}

function printExplanation(terminal: Terminal, body: unknown, withTrace: boolean): void {
  const recorded = isTree(body) && isTree(body['recorded']) ? body['recorded'] : {};
  printFields(terminal, [
    ['decision', textOf(body, 'decision_id')],
    ['time', timeOf(body, 'time_ms')],
    ['agent', textOf(body, 'agent_id')],
    ['resource', textOf(body, 'resource')],
    ['revision', textOf(body, 'revision')],
    ['outcome', outcomeText(recorded, 'outcome')],
    ['clamped', clampedText(body)],
    ['reproduced', textOf(body, 'reproduced')],
    ['not evaluated', textOf(body, 'why_not_evaluated')],
  ]);
  const differences = isTree(body) && Array.isArray(body['differences']) ? body['differences'] : [];
  for (const difference of differences) terminal.out(`  ${plain(String(difference))}\n`);
  terminal.out('\n');
  printTable(terminal, SCOPES, rowsOf(body, 'scopes'));
  terminal.out('\n');
  printTable(terminal, RULES, rowsOf(body, 'rules'));
  printTrace(terminal, body, withTrace);
}

/** Formats the scopes and the lifetime that the service clamped. */
export function clampedText(body: unknown): string {
  const scopes = textOf(body, 'evaluation', 'clamped', 'scopes');
  const from = textOf(body, 'evaluation', 'clamped', 'ttl_seconds', 'from');
  const to = textOf(body, 'evaluation', 'clamped', 'ttl_seconds', 'to');
  return [scopes, from === '' ? '' : `${from} s to ${to} s`]
    .filter((text) => text !== '')
    .join('; ');
}

function printTrace(terminal: Terminal, body: unknown, wanted: boolean): void {
  const text = textOf(body, 'trace', 'text');
  const why = textOf(body, 'why_no_trace');
  if (why !== '') terminal.err(`no trace: ${plain(why)}\n`);
  if (text === '') return;
  if (!wanted) {
    terminal.err('show the trace with --trace\n');
    return;
  }
  terminal.out('\n');
  for (const line of text.split('\n')) terminal.out(`${plain(line)}\n`);
  if (textOf(body, 'trace', 'truncated') === 'true') terminal.err('the trace is truncated\n');
}
