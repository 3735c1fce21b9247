import type { Command } from 'commander';
import { lazily, type Cli } from '../define.js';

/** `countersign start|serve|worker`: what runs until it is stopped. */
export function processCommands(program: Command, cli: Cli): void {
  program
    .command('start')
    .description(
      'run all of it on this machine: a private Redis when none is configured, service, worker',
    )
    .action(lazily(cli, () => import('../start.js').then((at) => at.start)));
  program
    .command('serve')
    .description('run the service; logs go to standard output as JSON')
    .action(lazily(cli, () => import('../serve.js').then((at) => at.serve)));
  program
    .command('worker')
    .description('run the jobs: audit export, expiry, webhooks, key rotation')
    .action(lazily(cli, () => import('../worker.js').then((at) => at.work)));
}
