import { isTree, type Tree } from '../../config/tree.js';
import { segment } from '../admin-client.js';
import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { plain, printFields } from '../output.js';
import type { Terminal } from '../terminal.js';
import { rowsOf, textOf, timeOf } from '../values.js';
import { actualHours, type Hours } from './actual.js';
import { brief, drawBar, drawDay, scaleOf, type DayChart } from './chart.js';
import { fit, styleOf, type Style } from './style.js';

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
  const profile = isTree(body) && isTree(body['profile']) ? body['profile'] : {};
  const score = numberOf(profile, 'anomaly');
  printFields(terminal, [
    ['agent', textOf(body, 'agent_id')],
    ['class', textOf(body, 'class')],
    ['status', textOf(body, 'status')],
    ['fault', faultText(profile)],
    ['learning', learningText(profile)],
    ['since', timeOf(profile, 'since_ms')],
    ['events', textOf(profile, 'events')],
    ['state', `${textOf(profile, 'state_bytes')} bytes, version ${textOf(profile, 'version')}`],
  ]);
  const line = `score     ${drawBar(score, BAR_WIDTH, style)} ${score.toFixed(3)}`;
  terminal.out(`\n${score >= ODD ? style.paint(line, 'red') : line}\n`);
  printTerms(terminal, rowsOf(profile, 'terms'), style);
  printWeek(terminal, body, profile, style);
}

function faultText(profile: Tree): string {
  const fault = textOf(profile, 'fault');
  return fault === '' ? '' : `${fault}: learned state unreadable; learning restarts`;
}

function learningText(profile: Tree): string {
  if (profile['learning'] !== true) return 'no: the agent is scored';
  return 'yes: too few events to score the agent; only honey scopes count';
}

function printTerms(terminal: Terminal, terms: readonly Tree[], style: Style): void {
  if (terms.length === 0) return;
  const rows = terms.map((term) => [
    plain(textOf(term, 'name')),
    ...['value', 'expected', 'score'].map((member) => brief(numberOf(term, member))),
    plain(textOf(term, 'sentence')),
  ]);
  const titles = ['TERM', 'VALUE', 'EXPECTED', 'SCORE', ''];
  const widths = titles.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => (row[at] ?? '').length)),
  );
  terminal.out('\n');
  for (const [at, row] of [titles, ...rows].entries()) {
    const line = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
    const fitted = fit(line.trimEnd(), style.columns, style);
    const adds = at > 0 && numberOf(terms[at - 1], 'score') > 0;
    terminal.out(`${adds ? style.paint(fitted, 'bold') : fitted}\n`);
  }
}

function printWeek(terminal: Terminal, body: unknown, profile: Tree, style: Style): void {
  const actual = actualOf(body);
  const expected = isTree(profile['profile']) ? profile['profile'] : {};
  const charts = (['weekday', 'weekend'] as const).map((days): DayChart => ({
    title: days,
    expected: numbersOf(expected, days),
    actual: actual?.[days],
  }));
  const scale = scaleOf(charts);
  terminal.out('\nrequests in 10 minutes, by hour in UTC; actual: mean of the last 7 days\n');
  for (const chart of charts) {
    terminal.out(`\n${drawDay(chart, scale, style).join('\n')}\n`);
  }
  const missing = textOf(body, 'series_missing');
  if (missing !== '') terminal.err(`no actual requests: ${plain(missing)}\n`);
}

function actualOf(body: unknown): Hours | undefined {
  const series = isTree(body) ? body['series'] : undefined;
  if (!isTree(series)) return undefined;
  const cells = isTree(series['cells']) ? series['cells'] : {};
  return actualHours(
    numberOf(series, 'from_ms'),
    numbersOf(cells, 'index'),
    numbersOf(cells, 'requests'),
    numberOf(body, 'now_ms'),
  );
}

function numberOf(value: unknown, key: string): number {
  const found = isTree(value) ? value[key] : undefined;
  return typeof found === 'number' ? found : 0;
}

function numbersOf(value: Tree, key: string): readonly number[] {
  const found = value[key];
  if (!Array.isArray(found)) return [];
  return found.map((one: unknown) => (typeof one === 'number' ? one : 0));
}
