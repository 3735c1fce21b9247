import type {
  CreatedSecretAnswer,
  DeletedSecretAnswer,
  SecretListAnswer,
} from '../domain/answers.generated.js';
import { segment } from './admin-client.js';
import { connect, show } from './answer.js';
import type { AdminOptions, Cli } from './define.js';
import { printFields, printTable, type Column } from './output.js';
import { formatAge, formatExpiry } from './secret-expiry.js';
import { READER, type Reader } from './values.js';

/** A created secret, alone or in the answer that creates its client. */
const created: Reader<CreatedSecretAnswer | { readonly secret: CreatedSecretAnswer }> = READER;

const deleted: Reader<DeletedSecretAnswer> = READER;
const listed: Reader<SecretListAnswer> = READER;
const secret: Reader<SecretListAnswer['items'][number]> = READER;

function columnsAt(nowMs: number): readonly Column[] {
  return [
    { title: 'ID', value: (row) => secret.text(row, 'id') },
    { title: 'CREATED', value: (row) => secret.time(row, 'created_at_ms') },
    { title: 'AGE', value: (row) => formatAge(secret.number(row, 'created_at_ms'), nowMs) },
    { title: 'LAST USED', value: (row) => secret.time(row, 'last_used_at_ms') || 'never' },
    { title: 'EXPIRES', value: (row) => secret.time(row, 'expires_at_ms') },
    { title: 'NOTE', value: (row) => formatExpiry(secret.number(row, 'expires_at_ms'), nowMs) },
  ];
}

/** Runs `secret add` of agents and resource servers. */
export function addSecret(
  collection: string,
): (cli: Cli, id: string, options: AdminOptions & { readonly ttl?: number }) => Promise<void> {
  return async (cli, id, options) => {
    const path = `${collection}/${segment(id)}/secrets`;
    const query = options.ttl === undefined ? {} : { ttl_seconds: String(options.ttl) };
    const { body } = await (await connect(cli, options)).call('POST', path, { query });
    show(cli, options, body, () => {
      printSecret(cli, body, id);
    });
  };
}

/** Runs `secret list` of agents and resource servers. */
export function listSecrets(
  collection: string,
): (cli: Cli, id: string, options: AdminOptions) => Promise<void> {
  return async (cli, id, options) => {
    const path = `${collection}/${segment(id)}/secrets`;
    const { body } = await (await connect(cli, options)).call('GET', path);
    show(cli, options, body, (terminal) => {
      printTable(terminal, columnsAt(terminal.nowMs()), listed.rows(body, 'items'));
    });
  };
}

/** Runs `secret rm` of agents and resource servers. */
export function removeSecret(
  collection: string,
): (cli: Cli, id: string, secretId: string, options: AdminOptions & TokenOptions) => Promise<void> {
  return async (cli, id, secretId, options) => {
    const path = `${collection}/${segment(id)}/secrets/${segment(secretId)}`;
    const query = tokensQuery(options);
    const { body } = await (await connect(cli, options)).call('DELETE', path, { query });
    show(cli, options, body, ({ out, err }) => {
      out(`secret ${secretId} of ${id} is no longer valid\n`);
      err(describeTokens(deleted.text(body, 'live_tokens')));
    });
  };
}

/** Keeps the live tokens of an agent at a change that revokes them by default. */
export interface TokenOptions {
  readonly keepTokens?: boolean;
}

export function tokensQuery({ keepTokens = false }: TokenOptions): Record<string, string> {
  return keepTokens ? { live_tokens: 'keep' } : {};
}

/** Describes what a change did to the live tokens of an agent; empty when it does not concern them. */
export function describeTokens(done: string): string {
  if (done === 'cut') return 'The live tokens of the agent were revoked.\n';
  if (done === 'kept') return 'The live tokens of the agent stay valid until they expire.\n';
  return '';
}

/** The consent to re-use the id of a deleted client, and the lifetime of the secret. */
export interface CreateOptions {
  readonly reuseDeleted?: boolean;
  /** Lifetime of the secret in seconds. */
  readonly secretTtl?: number;
}

export function createQuery({
  reuseDeleted = false,
  secretTtl,
}: CreateOptions): Record<string, string> {
  return {
    ...(reuseDeleted ? { reuse_deleted: 'true' } : {}),
    ...(secretTtl === undefined ? {} : { secret_ttl_seconds: String(secretTtl) }),
  };
}

/** Prints a new secret; no other code prints one. */
export function printSecret(cli: Cli, body: unknown, clientId: string): void {
  const nested = created.text(body, 'secret', 'secret');
  printFields(cli.terminal, [
    ['client_id', clientId],
    ['client_secret', nested || created.text(body, 'secret')],
    ['secret_id', nested ? created.text(body, 'secret', 'id') : created.text(body, 'id')],
    [
      'expires',
      created.time(body, 'secret', 'expires_at_ms') || created.time(body, 'expires_at_ms'),
    ],
  ]);
  cli.terminal.err('The secret is shown only once: store it now.\n');
}
