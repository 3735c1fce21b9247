import { isTree, type Tree } from '../../config/tree.js';
import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { usage } from '../failure.js';
import { plain, printFields, printTable } from '../output.js';
import type { Terminal } from '../terminal.js';
import { textOf } from '../values.js';
import { edited, type LimitOptions } from './limit.js';

type SetOptions = AdminOptions & LimitOptions & { readonly reason?: string };

/** Runs `countersign limits show`. */
export async function showLimits(cli: Cli, options: AdminOptions): Promise<void> {
  const { body } = await (await connect(cli, options)).call('GET', '/limits');
  showAnswer(cli, options, body);
}

/** Runs `countersign limits reset`. */
export async function resetLimits(cli: Cli, options: AdminOptions): Promise<void> {
  const { body } = await (await connect(cli, options)).call('DELETE', '/limits');
  showAnswer(cli, options, body);
}

/** Runs `countersign limits set`: writes back under the version read; exit 5 when it has changed. */
export async function setLimits(cli: Cli, options: SetOptions): Promise<void> {
  const { global, owner, for: named, cost, reason } = options;
  if ([global, owner, named, cost].every((given) => given === undefined)) {
    throw usage('name a change: --global, --owner, --for or --cost');
  }
  edited({}, options);
  const client = await connect(cli, options);
  const { body: before } = await client.call('GET', '/limits');
  const changed = edited(startOf(cli.terminal, before), options);
  const { body } = await client.call('PUT', '/limits', {
    body: { ...changed, ...(reason === undefined ? {} : { reason }) },
    ifMatch: Number(textOf(before, 'version')),
  });
  showAnswer(cli, options, body);
}

/** Returns the limits that a change starts from; prints their source when the stored ones are unreadable. */
function startOf(terminal: Terminal, before: unknown): Tree {
  const fault = textOf(before, 'fault');
  if (fault === '') return treeAt(before, 'limits');
  const known = isTree(before) && isTree(before['limits']);
  const from = known ? 'the limits of the service' : 'the configuration';
  terminal.err(
    `The stored limits cannot be read (${plain(fault)}) and are replaced: other limits come from ${from}.\n`,
  );
  // The configuration's costs are in force until costs are stored.
  return known ? treeAt(before, 'limits') : { ...treeAt(before, 'configured'), cost: {} };
}

function showAnswer(cli: Cli, options: AdminOptions, body: unknown): void {
  show(cli, options, body, (terminal) => {
    printLimits(terminal, body);
  });
}

function printLimits(terminal: Terminal, body: unknown): void {
  const limits = treeAt(body, 'limits');
  const fault = textOf(body, 'fault');
  const by = textOf(body, 'source') === 'api' ? 'the admin API' : 'the configuration';
  printFields(terminal, [
    ['set by', fault === '' ? by : 'unknown'],
    [
      'fault',
      fault === '' ? '' : `${fault}: the stored limits cannot be read; repair with set or reset`,
    ],
    ['version', textOf(body, 'version')],
  ]);
  terminal.out('\n');
  if (fault !== '' && textOf(body, 'limits') === '') {
    terminal.out('The service knows no limits and grants nothing.\n');
    return;
  }
  const rows = [
    { of: 'all agents', ...treeAt(limits, 'global') },
    { of: 'every other owner', ...treeAt(limits, 'owner') },
    ...Object.entries(treeAt(limits, 'owners')).map(([name, limit]) => ({
      ...(isTree(limit) ? limit : {}),
      of: `owner ${name}`,
    })),
  ];
  printTable(
    terminal,
    [
      { title: 'BUDGET OF', value: (row) => textOf(row, 'of') },
      { title: 'PER MINUTE', value: (row) => textOf(row, 'per_minute') || 'off' },
      { title: 'BURST', value: (row) => textOf(row, 'burst') },
    ],
    rows,
  );
  printCosts(terminal, body, treeAt(limits, 'cost'));
}

function printCosts(terminal: Terminal, body: unknown, put: Tree): void {
  const rows = Object.entries(treeAt(body, 'cost')).map(([risk, units]) => ({
    ...{ risk, units },
    by: Object.hasOwn(put, risk) ? 'the admin API' : 'the configuration',
  }));
  if (rows.length === 0) return;
  terminal.out('\n');
  printTable(
    terminal,
    [
      { title: 'SCOPE OF RISK', value: (row) => textOf(row, 'risk') },
      { title: 'COSTS', value: (row) => textOf(row, 'units') },
      { title: 'SET BY', value: (row) => textOf(row, 'by') },
    ],
    rows,
  );
}

function treeAt(value: unknown, key: string): Tree {
  const found = isTree(value) ? value[key] : undefined;
  return isTree(found) ? found : {};
}
