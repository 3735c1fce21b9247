import type { Command } from 'commander';
import { define, lazily, type Cli } from '../define.js';

const FILE = `
Reads countersign.yaml of the current folder, or the file that COUNTERSIGN_CONFIG names, and the environment.`;

/** Defines `countersign config …`. */
export function configCommands(config: Command, cli: Cli): void {
  define(config, 'check', 'check the configuration and list every problem')
    .addHelpText('after', FILE)
    .action(lazily(cli, () => import('../config.js').then((at) => at.checkConfig)));
  define(config, 'schema', 'print the JSON Schema of the configuration').action(
    lazily(cli, () => import('../config.js').then((at) => at.printSchema)),
  );
  define(config, 'show', 'print the configuration with defaults, secrets masked').action(
    lazily(cli, () => import('../config.js').then((at) => at.showConfig)),
  );
}
