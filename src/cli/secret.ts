import type { CreatedSecretAnswer, DeletedSecretAnswer } from '../domain/answers.generated.js';
import { segment } from './admin-client.js';
import { connect, show } from './answer.js';
import type { AdminOptions, Cli } from './define.js';
import { printFields } from './output.js';
import { READER, type Reader } from './values.js';

/** A created secret, alone or in the answer that creates its client. */
const created: Reader<CreatedSecretAnswer | { readonly secret: CreatedSecretAnswer }> = READER;

const deleted: Reader<DeletedSecretAnswer> = READER;

/** Runs `secret add` of agents and resource servers. */
export function addSecret(
  collection: string,
): (cli: Cli, id: string, options: AdminOptions) => Promise<void> {
  return async (cli, id, options) => {
    const path = `${collection}/${segment(id)}/secrets`;
    const { body } = await (await connect(cli, options)).call('POST', path);
    show(cli, options, body, () => {
      printSecret(cli, body, id);
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

/** The consent to give the id of a deleted client to a new one. */
export interface ReuseOptions {
  readonly reuseDeleted?: boolean;
}

export function reuseQuery({ reuseDeleted = false }: ReuseOptions): Record<string, string> {
  return reuseDeleted ? { reuse_deleted: 'true' } : {};
}

/** Prints a new secret; no other code prints one. */
export function printSecret(cli: Cli, body: unknown, clientId: string): void {
  const nested = created.text(body, 'secret', 'secret');
  printFields(cli.terminal, [
    ['client_id', clientId],
    ['client_secret', nested || created.text(body, 'secret')],
    ['secret_id', nested ? created.text(body, 'secret', 'id') : created.text(body, 'id')],
  ]);
  cli.terminal.err('The secret is shown only once: store it now.\n');
}
