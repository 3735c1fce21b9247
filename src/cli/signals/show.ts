import type { Tree } from '../../config/tree.js';
import type { AgentSignalsAnswer } from '../../domain/answers.generated.js';
import { segment } from '../admin-client.js';
import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { plain, printFields } from '../output.js';
import type { Terminal } from '../terminal.js';
import { READER, type Reader } from '../values.js';
import { actualHours, type Hours } from './actual.js';
import { brief, drawBar, drawDay, scaleOf, type DayChart } from './chart.js';
import { fit, styleOf, type Style } from './style.js';

const signals: Reader<AgentSignalsAnswer> = READER;
const term: Reader<AgentSignalsAnswer['profile']['terms'][number]> = READER;

const BAR_WIDTH = 20;
/** Threshold of a highlighted score, for display only; the policy sets the effective thresholds. */
const ODD = 0.5;

/** Runs `countersign signals show <agent>`. */
export async function showSignals(cli: Cli, agent: string, options: AdminOptions): Promise<void> {
  const { body } = await (
    await connect(cli, options)
  ).call('GET', `/agents/${segment(agent)}/signals`);
  show(cli, options, body, (terminal) => {
    printSignals(terminal, body);
  });
}

function printSignals(terminal: Terminal, body: unknown): void {
  const style = styleOf(terminal);
  const score = signals.number(body, 'profile', 'anomaly') ?? 0;
  printFields(terminal, [
    ['agent', signals.text(body, 'agent_id')],
    ['class', signals.text(body, 'class')],
    ['status', signals.text(body, 'status')],
    ['fault', faultText(body)],
    ['learning', learningText(body)],
    ['since', signals.time(body, 'profile', 'since_ms')],
    ['events', signals.text(body, 'profile', 'events')],
    ['state', stateText(body)],
  ]);
  const line = `score     ${drawBar(score, BAR_WIDTH, style)} ${score.toFixed(3)}`;
  terminal.out(`\n${score >= ODD ? style.paint(line, 'red') : line}\n`);
  printTerms(terminal, signals.rows(body, 'profile', 'terms'), style);
  printWeek(terminal, body, style);
}

function stateText(body: unknown): string {
  const bytes = signals.text(body, 'profile', 'state_bytes');
  return `${bytes} bytes, version ${signals.text(body, 'profile', 'version')}`;
}

function faultText(body: unknown): string {
  const fault = signals.text(body, 'profile', 'fault');
  return fault === '' ? '' : `${fault}: learned state unreadable; learning restarts`;
}

function learningText(body: unknown): string {
  if (signals.value(body, 'profile', 'learning') !== true) return 'no: the agent is scored';
  return 'yes: too few events to score the agent; only honey scopes count';
}

function printTerms(terminal: Terminal, terms: readonly Tree[], style: Style): void {
  if (terms.length === 0) return;
  const rows = terms.map((row) => [
    plain(term.text(row, 'name')),
    ...(['value', 'expected', 'score'] as const).map((member) =>
      brief(term.number(row, member) ?? 0),
    ),
    plain(term.text(row, 'sentence')),
  ]);
  const titles = ['TERM', 'VALUE', 'EXPECTED', 'SCORE', ''];
  const widths = titles.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => (row[at] ?? '').length)),
  );
  terminal.out('\n');
  for (const [at, row] of [titles, ...rows].entries()) {
    const line = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
    const fitted = fit(line.trimEnd(), style.columns, style);
    const adds = at > 0 && (term.number(terms[at - 1], 'score') ?? 0) > 0;
    terminal.out(`${adds ? style.paint(fitted, 'bold') : fitted}\n`);
  }
}

function printWeek(terminal: Terminal, body: unknown, style: Style): void {
  const actual = actualOf(body);
  const charts = (['weekday', 'weekend'] as const).map((days): DayChart => ({
    title: days,
    expected: numbers(signals.list(body, 'profile', 'profile', days)),
    actual: actual?.[days],
  }));
  const scale = scaleOf(charts);
  terminal.out('\nrequests in 10 minutes, by hour in UTC; actual: mean of the last 7 days\n');
  for (const chart of charts) {
    terminal.out(`\n${drawDay(chart, scale, style).join('\n')}\n`);
  }
  const missing = signals.text(body, 'series_missing');
  if (missing !== '') terminal.err(`no actual requests: ${plain(missing)}\n`);
}

function actualOf(body: unknown): Hours | undefined {
  const fromMs = signals.number(body, 'series', 'from_ms');
  if (fromMs === undefined) return undefined;
  return actualHours(
    fromMs,
    numbers(signals.list(body, 'series', 'cells', 'index')),
    numbers(signals.list(body, 'series', 'cells', 'requests')),
    signals.number(body, 'now_ms') ?? 0,
  );
}

function numbers(list: readonly unknown[]): readonly number[] {
  return list.map((one) => (typeof one === 'number' ? one : 0));
}
