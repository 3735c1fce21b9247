import type { Command } from 'commander';
import { defineAdmin, lazily, type Cli } from '../define.js';

/** Defines `secret add` and `secret rm` of agents and resource servers. */
export function secretCommands(parent: Command, cli: Cli, collection: string): void {
  const secret = parent
    .command('secret')
    .description('rotate secrets; at most two are valid at a time');
  defineAdmin(secret, 'add <id>', 'create a secret; printed once').action(
    lazily(cli, () => import('../secret.js').then((at) => at.addSecret(collection))),
  );
  defineAdmin(secret, 'rm <id> <secret-id>', 'delete a secret').action(
    lazily(cli, () => import('../secret.js').then((at) => at.removeSecret(collection))),
  );
}
