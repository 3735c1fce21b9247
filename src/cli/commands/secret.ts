import type { Command } from 'commander';
import { defineAdmin, lazily, positiveInteger, type Cli } from '../define.js';

/** Adds the option that keeps live tokens at a change that revokes them by default. */
export function keepTokensOption(command: Command, when: string): Command {
  return command.option('--keep-tokens', `keep the live tokens when ${when}; default: revoke them`);
}

/** Adds the options of a command that creates a client with a secret. */
export function createOptions(command: Command): Command {
  return secretTtlOption(
    command.option('--reuse-deleted', 'take the id of a deleted one; its tokens stay revoked'),
  );
}

/** Adds the lifetime of a secret that the command prints. */
export function secretTtlOption(command: Command): Command {
  return command.option(
    '--secret-ttl <seconds>',
    'lifetime of the secret in seconds; default: no end',
    positiveInteger,
  );
}

/** Defines `secret list`, `secret add` and `secret rm` of agents and resource servers. */
export function secretCommands(parent: Command, cli: Cli, collection: string): void {
  const secret = parent
    .command('secret')
    .description('rotate secrets; at most two are valid at a time');
  defineAdmin(secret, 'list <id>', 'list secrets with age, last use and expiry').action(
    lazily(cli, () => import('../secret.js').then((at) => at.listSecrets(collection))),
  );
  defineAdmin(secret, 'add <id>', 'create a secret; printed once')
    .option(
      '--ttl <seconds>',
      'lifetime of the secret in seconds; default: no end',
      positiveInteger,
    )
    .action(lazily(cli, () => import('../secret.js').then((at) => at.addSecret(collection))));
  const rm = defineAdmin(secret, 'rm <id> <secret-id>', 'delete a secret');
  (collection === '/agents' ? keepTokensOption(rm, 'its only secret goes') : rm).action(
    lazily(cli, () => import('../secret.js').then((at) => at.removeSecret(collection))),
  );
}
