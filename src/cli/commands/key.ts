import type { Command } from 'commander';
import { defineAdmin, lazily, type Cli } from '../define.js';

/** Defines `countersign key …`: the keys that sign tokens. */
export function keyCommands(key: Command, cli: Cli): void {
  defineAdmin(key, 'list', 'list signing keys').action(
    lazily(cli, () => import('../key.js').then((at) => at.listKeys)),
  );
  defineAdmin(key, 'rotate', 'request a new signing key from the worker').action(
    lazily(cli, () => import('../key.js').then((at) => at.rotateKeys)),
  );
  defineAdmin(key, 'revoke <kid>', 'revoke a key and every token signed by it')
    .requiredOption('--reason <text>', 'reason, kept in the record')
    .action(lazily(cli, () => import('../key.js').then((at) => at.revokeKey)));
}
