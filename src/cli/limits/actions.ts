import type { Tree } from '../../config/tree.js';
import type { LimitsAnswer } from '../../domain/answers.generated.js';
import { RISKS, type Risk } from '../../domain/scope.js';
import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { usage } from '../failure.js';
import { plain, printFields, printTable, type Column } from '../output.js';
import type { Terminal } from '../terminal.js';
import { READER, type Reader } from '../values.js';
import { edited, type LimitOptions } from './limit.js';

type BudgetAnswer = NonNullable<LimitsAnswer['configured']['global']>;

const limits: Reader<LimitsAnswer> = READER;
const budget: Reader<BudgetAnswer> = READER;
const API = 'the admin API';
const CONFIGURATION = 'the configuration';

const BUDGETS: readonly Column<{ readonly of: string; readonly limit: unknown }>[] = [
  { title: 'BUDGET OF', value: ({ of }) => of },
  { title: 'PER MINUTE', value: ({ limit }) => budget.text(limit, 'per_minute') || 'off' },
  { title: 'BURST', value: ({ limit }) => budget.text(limit, 'burst') },
];

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
    ifMatch: limits.number(before, 'version') ?? 0,
  });
  showAnswer(cli, options, body);
}

/** Returns the limits that a change starts from; prints their source when the stored ones are unreadable. */
function startOf(terminal: Terminal, before: unknown): Tree {
  const fault = limits.text(before, 'fault');
  if (fault === '') return limits.object(before, 'limits');
  const known = limits.value(before, 'limits') !== undefined;
  const from = known ? 'the limits of the service' : 'the configuration';
  terminal.err(
    `The stored limits cannot be read (${plain(fault)}) and are replaced: other limits come from ${from}.\n`,
  );
  // The configuration's costs are in force until costs are stored.
  return known
    ? limits.object(before, 'limits')
    : { ...limits.object(before, 'configured'), cost: {} };
}

function showAnswer(cli: Cli, options: AdminOptions, body: unknown): void {
  show(cli, options, body, (terminal) => {
    printLimits(terminal, body);
  });
}

function printLimits(terminal: Terminal, body: unknown): void {
  const fault = limits.text(body, 'fault');
  const by = limits.text(body, 'source') === 'api' ? API : CONFIGURATION;
  printFields(terminal, [
    ['set by', fault === '' ? by : 'unknown'],
    [
      'fault',
      fault === '' ? '' : `${fault}: the stored limits cannot be read; repair with set or reset`,
    ],
    ['version', limits.text(body, 'version')],
  ]);
  terminal.out('\n');
  if (fault !== '' && limits.text(body, 'limits') === '') {
    terminal.out('The service knows no limits and grants nothing.\n');
    return;
  }
  const owners = Object.entries(limits.object(body, 'limits', 'owners'));
  printTable(terminal, BUDGETS, [
    { of: 'all agents', limit: limits.value(body, 'limits', 'global') },
    { of: 'every other owner', limit: limits.value(body, 'limits', 'owner') },
    ...owners.map(([name, limit]) => ({ of: `owner ${name}`, limit })),
  ]);
  printCosts(terminal, body);
}

function printCosts(terminal: Terminal, body: unknown): void {
  const risks = RISKS.filter((risk) => limits.value(body, 'cost', risk) !== undefined);
  if (risks.length === 0) return;
  terminal.out('\n');
  const setByApi = (risk: Risk) => limits.value(body, 'limits', 'cost', risk) !== undefined;
  printTable(
    terminal,
    [
      { title: 'SCOPE OF RISK', value: (risk) => risk },
      { title: 'COSTS', value: (risk) => limits.text(body, 'cost', risk) },
      { title: 'SET BY', value: (risk) => (setByApi(risk) ? API : CONFIGURATION) },
    ],
    risks,
  );
}
