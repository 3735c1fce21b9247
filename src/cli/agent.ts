import { Option, type Command } from 'commander';
import { isTree, type Tree } from '../config/tree.js';
import { segment, type AdminClient } from './admin-client.js';
import { agentFrom, specOptions, type SpecOptions } from './agent-spec.js';
import { connect, defineAdmin, show, type AdminOptions, type Cli } from './define.js';
import { listCommand } from './listing.js';
import { printFields, type Column } from './output.js';
import { printSecret, secretCommands } from './secret.js';
import { rowsOf, textOf, timeOf } from './values.js';

const COLUMNS: readonly Column[] = [
  { title: 'ID', value: (row) => agentField(row, 'id') },
  { title: 'STATUS', value: (row) => textOf(row, 'status') },
  { title: 'QUARANTINE', value: (row) => quarantineOf(row) },
  { title: 'ROLES', value: (row) => agentField(row, 'roles') },
  { title: 'OWNER', value: (row) => agentField(row, 'owner') },
  { title: 'SOURCE', value: (row) => textOf(row, 'source') },
  { title: 'UPDATED', value: (row) => timeOf(row, 'updated_at_ms') },
];

/** A member of the spec, wherever the answer has it. */
function agentField(row: Tree, key: string): string {
  return textOf(row, 'spec', key) || textOf(row, key);
}

/** Why and since when; empty for an agent that is not in quarantine. */
function quarantineOf(row: Tree): string {
  const note = row['quarantine'];
  return isTree(note) ? `${textOf(note, 'reason')} since ${timeOf(note, 'since_ms')}` : '';
}

/** `countersign agent …`. */
export function agentCommands(program: Command, cli: Cli): void {
  const agent = program.command('agent').description('register agents and stop them');
  listCommand(agent, cli, { path: '/agents', what: 'agents', columns: COLUMNS });
  defineAdmin(agent, 'show <id>', 'show one agent').action(
    async (id: string, options: AdminOptions) => {
      const { body } = await connect(cli, options).call('GET', `/agents/${segment(id)}`);
      show(cli, options, body, () => {
        printAgent(cli, body);
      });
    },
  );
  specOptions(
    defineAdmin(agent, 'create [id]', 'register an agent; prints its secret once'),
  ).action(async (id: string | undefined, options: AdminOptions & SpecOptions) => {
    const spec = await agentFrom(cli.terminal, id, options);
    const { body } = await connect(cli, options).call('POST', '/agents', { body: spec });
    show(cli, options, body, () => {
      printSecret(cli, body, textOf(spec, 'id'));
    });
  });
  specOptions(defineAdmin(agent, 'update <id>', 'change an agent; what is not named stays')).action(
    async (id: string, options: AdminOptions & SpecOptions) => {
      await updateAgent(cli, id, options);
    },
  );
  defineAdmin(agent, 'delete <id>', 'delete an agent and revoke its tokens').action(
    async (id: string, options: AdminOptions) => {
      const { body } = await connect(cli, options).call('DELETE', `/agents/${segment(id)}`);
      show(cli, options, body, ({ out }) => {
        out(`agent ${id} deleted\n`);
      });
    },
  );
  statusCommands(agent, cli);
  releaseCommand(agent, cli);
  secretCommands(agent, cli, '/agents');
}

async function updateAgent(cli: Cli, id: string, options: AdminOptions & SpecOptions) {
  const client = connect(cli, options);
  const path = `/agents/${segment(id)}`;
  const { version, spec } = await readVersion(client, path);
  const next = await agentFrom(cli.terminal, id, options, spec);
  const { body } = await client.call('PUT', path, { body: next, ifMatch: version });
  show(cli, options, body, () => {
    printAgent(cli, body);
  });
}

async function readVersion(
  client: AdminClient,
  path: string,
): Promise<{ version: number; spec: Tree }> {
  const { body } = await client.call('GET', path);
  const record = isTree(body) ? body : {};
  const { version, spec } = record;
  return { version: typeof version === 'number' ? version : 0, spec: isTree(spec) ? spec : {} };
}

const STATUSES = [
  ['disable', 'disabled', 'refuse every request of an agent and revoke its tokens'],
  ['enable', 'active', 'let a disabled or quarantined agent ask again'],
  ['quarantine', 'quarantined', 'like disable; for an agent that may have been taken over'],
] as const;

interface ReleaseOptions extends AdminOptions {
  readonly reason: string;
  readonly signals: string;
}

/** `countersign agent release`: exit 5 when the agent is not in quarantine. */
function releaseCommand(agent: Command, cli: Cli): void {
  defineAdmin(agent, 'release <id>', 'end a quarantine; tokens that were cut stay dead')
    .requiredOption('--reason <text>', 'why; kept in the record')
    .addOption(
      new Option(
        '--signals <what>',
        'settled: what it did of late counts no more; forgotten: nor does what was learned; kept: all of it does',
      )
        .choices(['settled', 'forgotten', 'kept'])
        .default('settled'),
    )
    .action(async (id: string, options: ReleaseOptions) => {
      const { reason, signals } = options;
      const { body } = await connect(cli, options).call('POST', `/agents/${segment(id)}/release`, {
        body: { reason, signals },
      });
      show(cli, options, body, ({ out }) => {
        out(`agent ${id} is active; its signals were ${signals}\n`);
      });
    });
}

function statusCommands(agent: Command, cli: Cli): void {
  for (const [name, status, description] of STATUSES) {
    defineAdmin(agent, `${name} <id>`, description)
      .requiredOption('--reason <text>', 'why; kept in the record')
      .action(async (id: string, options: AdminOptions & { readonly reason: string }) => {
        const { body } = await connect(cli, options).call('POST', `/agents/${segment(id)}/status`, {
          body: { status, reason: options.reason },
        });
        show(cli, options, body, ({ out }) => {
          out(`agent ${id} is ${status}\n`);
        });
      });
  }
}

function printAgent(cli: Cli, body: unknown): void {
  const note = isTree(body) ? body['quarantine'] : undefined;
  const principal = textOf(note, 'by', 'kind');
  printFields(cli.terminal, [
    ['id', textOf(body, 'spec', 'id') || textOf(body, 'id')],
    ['status', textOf(body, 'status')],
    ['quarantine', textOf(note, 'reason')],
    ['since', timeOf(note, 'since_ms')],
    ['by', principal === '' ? '' : `${principal}:${textOf(note, 'by', 'id')}`],
    ['decision', textOf(note, 'decision_id')],
    ['anomaly', textOf(note, 'anomaly')],
    ...rowsOf(note, 'signals').map((term) => ['signal', textOf(term, 'sentence')] as const),
    ['description', textOf(body, 'spec', 'description')],
    ['owner', textOf(body, 'spec', 'owner')],
    ['class', textOf(body, 'spec', 'class')],
    ['roles', textOf(body, 'spec', 'roles')],
    ['grants', textOf(body, 'spec', 'grants')],
    ['rate', textOf(body, 'spec', 'rate')],
    ['labels', textOf(body, 'spec', 'labels')],
    ['secrets', textOf(body, 'secrets')],
    ['source', textOf(body, 'source')],
    ['version', textOf(body, 'version')],
    ['updated', timeOf(body, 'updated_at_ms')],
  ]);
}
