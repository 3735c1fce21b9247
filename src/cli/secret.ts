import type { Command } from 'commander';
import { segment } from './admin-client.js';
import { connect, defineAdmin, show, type AdminOptions, type Cli } from './define.js';
import { printFields } from './output.js';
import { textOf } from './values.js';

/** `secret add` and `secret rm` of agents and resource servers. */
export function secretCommands(parent: Command, cli: Cli, collection: string): void {
  const secret = parent
    .command('secret')
    .description('roll secrets over; two may be valid at a time');
  defineAdmin(secret, 'add <id>', 'make another secret; printed once').action(
    async (id: string, options: AdminOptions) => {
      const path = `${collection}/${segment(id)}/secrets`;
      const { body } = await connect(cli, options).call('POST', path);
      show(cli, options, body, () => {
        printSecret(cli, body, id);
      });
    },
  );
  defineAdmin(secret, 'rm <id> <secret-id>', 'end a secret').action(
    async (id: string, secretId: string, options: AdminOptions) => {
      const path = `${collection}/${segment(id)}/secrets/${segment(secretId)}`;
      const { body } = await connect(cli, options).call('DELETE', path);
      show(cli, options, body, ({ out }) => {
        out(`secret ${secretId} of ${id} is no longer valid\n`);
      });
    },
  );
}

/** The new secret: the only place where a command prints one. */
export function printSecret(cli: Cli, body: unknown, clientId: string): void {
  const nested = textOf(body, 'secret', 'secret');
  printFields(cli.terminal, [
    ['client_id', clientId],
    ['client_secret', nested || textOf(body, 'secret')],
    ['secret_id', nested ? textOf(body, 'secret', 'id') : textOf(body, 'id')],
  ]);
  cli.terminal.err('The secret is shown this once: keep it now.\n');
}
