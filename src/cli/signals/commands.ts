import type { Command } from 'commander';
import type { Cli } from '../define.js';
import { exportCommand } from './export.js';
import { resetCommand } from './reset.js';
import { showCommand } from './show.js';
import { simulateCommand } from './simulate.js';

/** The verbs, in the order `--help` lists them. */
const VERBS = [showCommand, resetCommand, exportCommand, simulateCommand] as const;

/** `countersign signals …`: what is kept of agents' behaviour. */
export function signalCommands(program: Command, cli: Cli): void {
  const signals = program
    .command('signals')
    .description('what is usual for an agent, and how odd it is now');
  for (const verb of VERBS) verb(signals, cli);
}
