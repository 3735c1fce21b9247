import type { Command } from 'commander';
import { defineAdmin, lazily, type Cli } from '../define.js';

/** `countersign key …`: the keys that sign tokens. */
export function keyCommands(key: Command, cli: Cli): void {
  defineAdmin(key, 'list', 'list signing keys').action(
    lazily(cli, () => import('../key.js').then((at) => at.listKeys)),
  );
  defineAdmin(key, 'rotate', 'ask the worker for a new signing key').action(
    lazily(cli, () => import('../key.js').then((at) => at.rotateKeys)),
  );
  defineAdmin(key, 'revoke <kid>', 'revoke a key and every token it signed')
    .requiredOption('--reason <text>', 'why; kept in the record')
    .action(lazily(cli, () => import('../key.js').then((at) => at.revokeKey)));
}
