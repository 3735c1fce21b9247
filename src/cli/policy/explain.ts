import type { ExplanationAnswer } from '../../domain/answers.generated.js';
import { segment } from '../admin-client.js';
import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { plain, printFields, printTable, type Column } from '../output.js';
import type { Terminal } from '../terminal.js';
import { READER, type Reader } from '../values.js';
import { clampedText, outcomeText } from './outcome-text.js';
import { ANALYSIS_TIMEOUT_MS, whileWaiting } from './waiting.js';

const explanation: Reader<ExplanationAnswer> = READER;
const scope: Reader<ExplanationAnswer['scopes'][number]> = READER;
const rule: Reader<ExplanationAnswer['rules'][number]> = READER;

const SCOPES: readonly Column[] = [
  { title: 'SCOPE', value: (row) => scope.text(row, 'scope') },
  { title: 'VERDICT', value: (row) => scope.text(row, 'verdict') },
  { title: 'RULE', value: (row) => scope.text(row, 'rule') },
  { title: 'REASON', value: (row) => scope.text(row, 'reason') },
];

const RULES: readonly Column[] = [
  { title: 'RULE', value: (row) => rule.text(row, 'rule') },
  { title: 'TITLE', value: (row) => rule.text(row, 'title') },
  { title: 'WHERE', value: (row) => rule.text(row, 'location') },
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
  printFields(terminal, [
    ['decision', explanation.text(body, 'decision_id')],
    ['time', explanation.time(body, 'time_ms')],
    ['agent', explanation.text(body, 'agent_id')],
    ['resource', explanation.text(body, 'resource')],
    ['revision', explanation.text(body, 'revision')],
    ['outcome', outcomeText(explanation.value(body, 'recorded', 'outcome'))],
    ['clamped', clampedText(explanation.value(body, 'evaluation'))],
    ['reproduced', explanation.text(body, 'reproduced')],
    ['not evaluated', explanation.text(body, 'why_not_evaluated')],
  ]);
  for (const difference of explanation.list(body, 'differences'))
    terminal.out(`  ${plain(String(difference))}\n`);
  terminal.out('\n');
  printTable(terminal, SCOPES, explanation.rows(body, 'scopes'));
  terminal.out('\n');
  printTable(terminal, RULES, explanation.rows(body, 'rules'));
  printTrace(terminal, body, withTrace);
}

function printTrace(terminal: Terminal, body: unknown, wanted: boolean): void {
  const text = explanation.text(body, 'trace', 'text');
  const why = explanation.text(body, 'why_no_trace');
  if (why !== '') terminal.err(`no trace: ${plain(why)}\n`);
  if (text === '') return;
  if (!wanted) {
    terminal.err('show the trace with --trace\n');
    return;
  }
  terminal.out('\n');
  for (const line of text.split('\n')) terminal.out(`${plain(line)}\n`);
  if (explanation.value(body, 'trace', 'truncated') === true)
    terminal.err('the trace is truncated\n');
}
