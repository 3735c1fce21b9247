import type { Command } from 'commander';
import { define, lazily, type Cli } from '../define.js';

/** `countersign doctor`: looks at everything that usually goes wrong. */
export function doctorCommand(program: Command, cli: Cli): void {
  define(program, 'doctor', 'look for what is wrong, and say what to do')
    .option('--admin-url <url>', 'the admin listener')
    .action(lazily(cli, () => import('../doctor.js').then((at) => at.examine)));
}
