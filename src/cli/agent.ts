import type { AgentAnswer, ChangedAgentAnswer } from '../domain/answers.generated.js';
import type { Tree } from '../config/tree.js';
import { segment, type AdminClient } from './admin-client.js';
import { agentFrom, type SpecOptions } from './agent-spec.js';
import { connect, show } from './answer.js';
import type { AdminOptions, Cli } from './define.js';
import { printList, type PageOptions } from './listing.js';
import { formatScore, printFields, type Column } from './output.js';
import {
  describeTokens,
  printSecret,
  createQuery,
  tokensQuery,
  type CreateOptions,
  type TokenOptions,
} from './secret.js';
import { endOf, formatFirstExpiry } from './secret-expiry.js';
import { READER, type Reader } from './values.js';

const agent: Reader<AgentAnswer> = READER;
const changed: Reader<ChangedAgentAnswer> = READER;
const created: Reader<{ readonly agent: AgentAnswer }> = READER;

type Quarantine = NonNullable<AgentAnswer['quarantine']>;

const term: Reader<NonNullable<Quarantine['signals']>[number]> = READER;

function columnsAt(nowMs: number): readonly Column[] {
  return [
    { title: 'ID', value: (row) => agent.text(row, 'spec', 'id') },
    { title: 'STATUS', value: (row) => agent.text(row, 'status') },
    { title: 'QUARANTINE', value: (row) => quarantineOf(row) },
    { title: 'ROLES', value: (row) => agent.text(row, 'spec', 'roles') },
    { title: 'OWNER', value: (row) => agent.text(row, 'spec', 'owner') },
    { title: 'SOURCE', value: (row) => agent.text(row, 'source') },
    { title: 'UPDATED', value: (row) => agent.time(row, 'updated_at_ms') },
    {
      title: 'SECRETS',
      value: (row) => formatFirstExpiry(agent.rows(row, 'secrets').map(endOf), nowMs),
    },
  ];
}

/** Formats reason and time of a quarantine; empty for an agent without one. */
function quarantineOf(row: Tree): string {
  const reason = agent.text(row, 'quarantine', 'reason');
  return reason === '' ? '' : `${reason} since ${agent.time(row, 'quarantine', 'since_ms')}`;
}

/** Runs `countersign agent list`. */
export function listAgents(cli: Cli, options: PageOptions): Promise<void> {
  return printList(cli, options, '/agents', columnsAt(cli.terminal.nowMs()));
}

/** Runs `countersign agent show`. */
export async function showAgent(cli: Cli, id: string, options: AdminOptions): Promise<void> {
  const { body } = await (await connect(cli, options)).call('GET', `/agents/${segment(id)}`);
  show(cli, options, body, () => {
    printAgent(cli, body);
  });
}

/** Runs `countersign agent create`. */
export async function createAgent(
  cli: Cli,
  id: string | undefined,
  options: AdminOptions & SpecOptions & CreateOptions,
): Promise<void> {
  const spec = await agentFrom(cli.terminal, id, options);
  const { body } = await (
    await connect(cli, options)
  ).call('POST', '/agents', { body: spec, query: createQuery(options) });
  show(cli, options, body, () => {
    printSecret(cli, body, spec.id);
  });
}

/** Runs `countersign agent delete`. */
export async function deleteAgent(cli: Cli, id: string, options: AdminOptions): Promise<void> {
  const { body } = await (await connect(cli, options)).call('DELETE', `/agents/${segment(id)}`);
  show(cli, options, body, ({ out }) => {
    out(`agent ${id} deleted\n`);
  });
}

/** Runs `countersign agent restore`. */
export async function restoreAgent(
  cli: Cli,
  id: string,
  options: AdminOptions & CreateOptions & { readonly reason: string },
): Promise<void> {
  const { reason, secretTtl } = options;
  const query = createQuery(secretTtl === undefined ? {} : { secretTtl });
  const { body } = await (
    await connect(cli, options)
  ).call('POST', `/agents/${segment(id)}/restore`, { body: { reason }, query });
  show(cli, options, body, ({ err }) => {
    printSecret(cli, body, id);
    err(`Agent ${id} is ${created.text(body, 'agent', 'status')}.\n`);
  });
}

/** Runs `countersign agent update`. */
export async function updateAgent(
  cli: Cli,
  id: string,
  options: AdminOptions & SpecOptions & TokenOptions,
): Promise<void> {
  const client = await connect(cli, options);
  const path = `/agents/${segment(id)}`;
  const { version, spec } = await readVersion(client, path);
  const next = await agentFrom(cli.terminal, id, options, spec);
  const query = tokensQuery(options);
  const { body } = await client.call('PUT', path, { body: next, ifMatch: version, query });
  show(cli, options, body, ({ err }) => {
    printAgent(cli, body);
    err(describeTokens(changed.text(body, 'live_tokens')));
  });
}

async function readVersion(
  client: AdminClient,
  path: string,
): Promise<{ version: number; spec: Tree }> {
  const { body } = await client.call('GET', path);
  return { version: agent.number(body, 'version') ?? 0, spec: agent.object(body, 'spec') };
}

interface ReleaseOptions extends AdminOptions {
  readonly reason: string;
  readonly signals: string;
}

/** Runs `countersign agent release`. */
export async function releaseAgent(cli: Cli, id: string, options: ReleaseOptions): Promise<void> {
  const { reason, signals } = options;
  const { body } = await (
    await connect(cli, options)
  ).call('POST', `/agents/${segment(id)}/release`, {
    body: { reason, signals },
  });
  show(cli, options, body, ({ out }) => {
    out(`agent ${id} is active; its signals were ${signals}\n`);
  });
}

/** Runs `countersign agent disable|enable|quarantine`. */
export function setStatus(
  status: 'active' | 'disabled' | 'quarantined',
): (cli: Cli, id: string, options: AdminOptions & { readonly reason: string }) => Promise<void> {
  return async (cli, id, options) => {
    const { body } = await (
      await connect(cli, options)
    ).call('POST', `/agents/${segment(id)}/status`, {
      body: { status, reason: options.reason },
    });
    show(cli, options, body, ({ out }) => {
      out(`agent ${id} is ${status}\n`);
    });
  };
}

function printAgent(cli: Cli, body: unknown): void {
  const principal = agent.text(body, 'quarantine', 'by', 'kind');
  printFields(cli.terminal, [
    ['id', agent.text(body, 'spec', 'id')],
    ['status', agent.text(body, 'status')],
    ['quarantine', agent.text(body, 'quarantine', 'reason')],
    ['since', agent.time(body, 'quarantine', 'since_ms')],
    ['by', principal === '' ? '' : `${principal}:${agent.text(body, 'quarantine', 'by', 'id')}`],
    ['decision', agent.text(body, 'quarantine', 'decision_id')],
    ['anomaly', formatScore(agent.number(body, 'quarantine', 'anomaly'))],
    ...agent
      .rows(body, 'quarantine', 'signals')
      .map((one) => ['signal', term.text(one, 'sentence')] as const),
    ['description', agent.text(body, 'spec', 'description')],
    ['owner', agent.text(body, 'spec', 'owner')],
    ['class', agent.text(body, 'spec', 'class')],
    ['roles', agent.text(body, 'spec', 'roles')],
    ['grants', agent.text(body, 'spec', 'grants')],
    ['rate', agent.text(body, 'spec', 'rate')],
    ['labels', agent.text(body, 'spec', 'labels')],
    ['secrets', agent.text(body, 'secrets')],
    ['source', agent.text(body, 'source')],
    ['version', agent.text(body, 'version')],
    ['updated', agent.time(body, 'updated_at_ms')],
  ]);
}
