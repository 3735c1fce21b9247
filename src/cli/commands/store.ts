import type { Command } from 'commander';
import { defineAdmin, lazily, type Cli } from '../define.js';

/** Defines `countersign store …`: repairs of the state in Redis. */
export function storeCommands(store: Command, cli: Cli): void {
  defineAdmin(
    store,
    'reset-clock',
    'set shards with a clock that is ahead back to the clock of Redis',
  )
    .requiredOption('--reason <text>', 'reason, kept in the record')
    .addHelpText(
      'after',
      '\nDraws a new epoch in each such shard: its tokens become inactive, agents ask again. Stream ids keep the\n' +
        'former time until the clock has passed it; the time of an event is right at once.\n',
    )
    .action(lazily(cli, () => import('../store.js').then((at) => at.resetClock)));
}
