import type { Command } from 'commander';
import type { Cli } from '../define.js';
import { simulateCommand } from './simulate.js';

/** `countersign signals …`: how agents behave, and what follows from it. */
export function signalsCommands(program: Command, cli: Cli): void {
  const signals = program
    .command('signals')
    .description('how agents behave, and what follows from it');
  simulateCommand(signals, cli);
}
