import type { Command } from 'commander';
import { lazily, type Cli } from '../define.js';

/** Defines `countersign doctor`: checks the usual causes of failure. */
export function doctorCommand(doctor: Command, cli: Cli): void {
  doctor
    .option('--admin-url <url>', 'URL of the admin listener')
    .action(lazily(cli, () => import('../doctor.js').then((at) => at.examine)));
}
