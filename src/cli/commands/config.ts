import type { Command } from 'commander';
import { define, lazily, type Cli } from '../define.js';

/** `countersign config …`. */
export function configCommands(config: Command, cli: Cli): void {
  define(config, 'check', 'say everything that is wrong with it').action(
    lazily(cli, () => import('../config.js').then((at) => at.checkConfig)),
  );
  define(config, 'schema', 'print its JSON Schema').action(
    lazily(cli, () => import('../config.js').then((at) => at.printSchema)),
  );
  define(config, 'show', 'print it with every default, secrets masked').action(
    lazily(cli, () => import('../config.js').then((at) => at.showConfig)),
  );
}
