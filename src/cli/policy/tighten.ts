import { isTree, type Tree } from '../../config/tree.js';
import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { parseMoment } from '../moment.js';
import { plain, printTable, type Column } from '../output.js';
import type { Terminal } from '../terminal.js';
import { rowsOf, textOf, timeOf } from '../values.js';
import { ANALYSIS_TIMEOUT_MS, whileWaiting } from './waiting.js';

interface TightenOptions extends AdminOptions {
  readonly since: string;
  readonly agent?: string;
  readonly cases?: boolean;
}

const USES: readonly Column[] = [
  { title: 'AGENT', value: (row) => textOf(row, 'agent') },
  { title: 'RESOURCE', value: (row) => textOf(row, 'resource') },
  { title: 'SCOPE', value: (row) => textOf(row, 'scope') },
  { title: 'GRANTED', value: (row) => textOf(row, 'granted') },
  { title: 'USED', value: (row) => textOf(row, 'used') },
  { title: 'LAST USED', value: (row) => timeOf(row, 'last_used_ms') },
];

/** Runs `countersign policy tighten`: proposes grants that cover the observed use; changes nothing. */
export async function tighten(cli: Cli, options: TightenOptions): Promise<void> {
  const since = new Date(parseMoment(options.since, cli.terminal.nowMs())).toISOString();
  const { agent } = options;
  const { body } = await whileWaiting(
    cli.terminal,
    `comparing granted with used permissions since ${options.since}`,
    (await connect(cli, options)).call('POST', '/policy/tighten', {
      body: { since, ...(agent === undefined ? {} : { agent }) },
      timeoutMs: ANALYSIS_TIMEOUT_MS,
    }),
  );
  const cases = isTree(body) ? body['cases'] : undefined;
  show(cli, options, body, (terminal) => {
    if (options.cases === true) terminal.out(`${JSON.stringify(cases, null, 2)}\n`);
    else printProposal(terminal, body);
  });
}

function printProposal(terminal: Terminal, body: unknown): void {
  const { out } = terminal;
  printTable(terminal, USES, rowsOf(body, 'uses'));
  for (const proposal of rowsOf(body, 'proposals')) printOne(terminal, proposal);
  const patch = rowsOf(body, 'data_patch');
  if (patch.length > 0) out(`\npatch for data.json (RFC 6902)\n${plain(JSON.stringify(patch))}\n`);
  if (isTree(body) && isTree(body['check'])) {
    const { requests, still_granted: still, narrowed } = body['check'];
    out(
      `\nof ${String(requests)} requests with used tokens, ${String(still)} would be granted unchanged and ${String(narrowed)} narrowed\n`,
    );
  }
  out('\n');
  const notes = isTree(body) && Array.isArray(body['notes']) ? body['notes'] : [];
  for (const note of notes) out(`- ${plain(String(note))}\n`);
  terminal.err('show test cases of the proposal with --cases\n');
}

function printOne({ out }: Terminal, proposal: Tree): void {
  out(`\n${textOf(proposal, 'of')} ${plain(textOf(proposal, 'id'))}\n`);
  for (const [sign, list] of [
    ['-', 'before'],
    ['+', 'after'],
  ] as const) {
    for (const grant of rowsOf(proposal, list)) {
      const cap = textOf(grant, 'max_ttl_seconds');
      const text = `${textOf(grant, 'resource')}: ${textOf(grant, 'scopes')}${cap === '' ? '' : ` (${cap} s)`}`;
      out(`${sign} ${plain(text)}\n`);
    }
  }
}
