import type { Command } from 'commander';
import { defineAdmin, lazily, type Cli } from '../define.js';

/** `secret add` and `secret rm` of agents and resource servers. */
export function secretCommands(parent: Command, cli: Cli, collection: string): void {
  const secret = parent
    .command('secret')
    .description('roll secrets over; two may be valid at a time');
  defineAdmin(secret, 'add <id>', 'make another secret; printed once').action(
    lazily(cli, () => import('../secret.js').then((at) => at.addSecret(collection))),
  );
  defineAdmin(secret, 'rm <id> <secret-id>', 'end a secret').action(
    lazily(cli, () => import('../secret.js').then((at) => at.removeSecret(collection))),
  );
}
