import type { Tree } from '../../config/tree.js';
import type { TightenedAnswer } from '../../domain/answers.generated.js';
import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { parseMoment } from '../moment.js';
import { plain, printJson, printTable, type Column } from '../output.js';
import type { Terminal } from '../terminal.js';
import { READER, type Reader } from '../values.js';
import { ANALYSIS_TIMEOUT_MS, whileWaiting } from './waiting.js';

type ProposalAnswer = TightenedAnswer['proposals'][number];

const tightened: Reader<TightenedAnswer> = READER;
const use: Reader<TightenedAnswer['uses'][number]> = READER;
const proposal: Reader<ProposalAnswer> = READER;
const grant: Reader<ProposalAnswer['before'][number]> = READER;

interface TightenOptions extends AdminOptions {
  readonly since: string;
  readonly agent?: string;
  readonly cases?: boolean;
}

const USES: readonly Column[] = [
  { title: 'AGENT', value: (row) => use.text(row, 'agent') },
  { title: 'RESOURCE', value: (row) => use.text(row, 'resource') },
  { title: 'SCOPE', value: (row) => use.text(row, 'scope') },
  { title: 'GRANTED', value: (row) => use.text(row, 'granted') },
  { title: 'USED', value: (row) => use.text(row, 'used') },
  { title: 'LAST USED', value: (row) => use.time(row, 'last_used_ms') },
];

/** Runs `countersign policy tighten`: proposes grants that cover the observed use; changes nothing. */
export async function tighten(cli: Cli, options: TightenOptions): Promise<void> {
  const since = new Date(parseMoment('--since', options.since, cli.terminal.nowMs())).toISOString();
  const { agent } = options;
  const { body } = await whileWaiting(
    cli.terminal,
    `comparing granted with used permissions since ${options.since}`,
    (await connect(cli, options)).call('POST', '/policy/tighten', {
      body: { since, ...(agent === undefined ? {} : { agent }) },
      timeoutMs: ANALYSIS_TIMEOUT_MS,
    }),
  );
  show(cli, options, body, (terminal) => {
    if (options.cases === true) printJson(terminal, tightened.value(body, 'cases'));
    else printProposal(terminal, body);
  });
}

function printProposal(terminal: Terminal, body: unknown): void {
  const { out } = terminal;
  printTable(terminal, USES, tightened.rows(body, 'uses'));
  for (const row of tightened.rows(body, 'proposals')) printOne(terminal, row);
  const patch = tightened.rows(body, 'data_patch');
  if (patch.length > 0) out(`\npatch for data.json (RFC 6902)\n${plain(JSON.stringify(patch))}\n`);
  const requests = tightened.text(body, 'check', 'requests');
  const still = tightened.text(body, 'check', 'still_granted');
  const narrowed = tightened.text(body, 'check', 'narrowed');
  if (requests !== '') {
    out(
      `\nof ${requests} requests with used tokens, ${still} would be granted unchanged and ${narrowed} narrowed\n`,
    );
  }
  out('\n');
  for (const note of tightened.list(body, 'notes')) out(`- ${plain(String(note))}\n`);
  terminal.err('show test cases of the proposal with --cases\n');
}

function printOne({ out }: Terminal, row: Tree): void {
  out(`\n${proposal.text(row, 'of')} ${plain(proposal.text(row, 'id'))}\n`);
  for (const [sign, list] of [
    ['-', 'before'],
    ['+', 'after'],
  ] as const) {
    for (const one of proposal.rows(row, list)) {
      const cap = grant.text(one, 'max_ttl_seconds');
      const text = `${grant.text(one, 'resource')}: ${grant.text(one, 'scopes')}${cap === '' ? '' : ` (${cap} s)`}`;
      out(`${sign} ${plain(text)}\n`);
    }
  }
}
