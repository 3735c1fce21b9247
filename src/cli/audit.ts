import type { AuditPageAnswer } from '../domain/answers.generated.js';
import type { Tree } from '../config/tree.js';
import { connect } from './answer.js';
import { AUDIT_FILTERS } from './audit-filters.js';
import type { Cli } from './define.js';
import { pageQuery, printPage, type PageOptions } from './listing.js';
import { parseMoment } from './moment.js';
import { formatScore, type Column } from './output.js';
import { READER, type Reader } from './values.js';

type Event = AuditPageAnswer['items'][number];

const page: Reader<AuditPageAnswer> = READER;
const event: Reader<Event> = READER;
const term: Reader<NonNullable<Event['signals']>[number]> = READER;
const open: Reader<NonNullable<AuditPageAnswer['counting']>[number]> = READER;

type AuditOptions = PageOptions &
  Partial<Record<(typeof AUDIT_FILTERS)[number][0] | 'since' | 'until' | 'order', string>>;

const COLUMNS: readonly Column[] = [
  { title: 'TIME', value: (row) => event.time(row, 'time_ms') },
  { title: 'EVENT', value: (row) => eventOf(row) },
  { title: 'BY', value: (row) => principalOf(row) },
  { title: 'AGENT', value: (row) => event.text(row, 'agent_id') },
  { title: 'RESOURCE', value: (row) => event.text(row, 'resource') },
  { title: 'SCOPE', value: (row) => event.text(row, 'scopes_granted') || asked(row) },
  { title: 'DECISION', value: (row) => event.text(row, 'decision_id') },
  { title: 'ANOMALY', value: (row) => anomalyOf(row) },
  { title: 'USES', value: (row) => event.text(row, 'use', 'count') },
];

/** Formats the score with its highest term; empty at 0. */
function anomalyOf(row: Tree): string {
  const score = event.number(row, 'anomaly') ?? 0;
  if (score === 0) return '';
  const terms = event.rows(row, 'signals');
  const scoreOf = (one: Tree): number => term.number(one, 'score') ?? 0;
  const [top] = terms.toSorted((a, b) => scoreOf(b) - scoreOf(a));
  const shown = formatScore(score);
  return top === undefined ? shown : `${shown}; ${term.text(top, 'sentence')}`;
}

/** Formats the event type with its count of refusals or the result of an introspection. */
function eventOf(row: Tree): string {
  const type = event.text(row, 'type');
  const count = event.text(row, 'count');
  if (type !== 'token.introspected') return count === '' ? type : `${type} x${count}`;
  return `${type} (${event.text(row, 'detail', 'active') === '0' ? 'inactive' : 'active'})`;
}

function principalOf(row: Tree): string {
  const kind = event.text(row, 'principal', 'kind');
  return kind === '' ? '' : `${kind}:${event.text(row, 'principal', 'id')}`;
}

function asked(row: Tree): string {
  const scopes = event.text(row, 'scopes_requested');
  return scopes === '' ? '' : `(asked ${scopes})`;
}

/** Runs `countersign audit`: lists events with requester, decision, rule and use. */
export async function searchAudit(cli: Cli, options: AuditOptions): Promise<void> {
  const request = { query: queryOf(cli, options), all: options.all === true };
  const listed = await (await connect(cli, options)).list('/audit', request);
  const complete = page.value(listed.first, 'complete') !== false;
  const problem = page.text(listed.first, 'problem');
  const more = problem === '' ? { complete } : { complete, problem };
  printPage(cli, options, listed, COLUMNS, more);
  tellCounts(cli, listed.first);
  if (problem !== '') cli.terminal.err(`warning: ${problem}\n`);
  else if (!complete) {
    cli.terminal.err(
      'warning: the newest events are not in the store yet; is the worker running?\n',
    );
  }
}

/** Notes refusals still being counted, and a decision found only by the counts that may contain it. */
function tellCounts({ terminal }: Cli, body: unknown): void {
  if (page.value(body, 'found_by') === 'shard_and_minute') {
    terminal.err(
      'note: refusals are stored as counts; this decision is one of the refusals in these events\n',
    );
  }
  for (const row of page.rows(body, 'counting')) {
    const of = `${open.text(row, 'agent_id')} (${open.text(row, 'bucket')})`;
    const since = open.time(row, 'first_at_ms');
    terminal.err(
      `note: ${open.text(row, 'count')} refusals of ${of} since ${since} are still being counted\n`,
    );
  }
}

function queryOf({ terminal }: Cli, options: AuditOptions): Record<string, string | undefined> {
  const at = (option: string, text: string | undefined): string | undefined =>
    text === undefined
      ? undefined
      : new Date(parseMoment(option, text, terminal.nowMs())).toISOString();
  const filters = Object.fromEntries(AUDIT_FILTERS.map(([name]) => [name, options[name]]));
  return {
    ...filters,
    ...pageQuery(options),
    since: at('--since', options.since),
    until: at('--until', options.until),
    order: options.order,
  };
}
