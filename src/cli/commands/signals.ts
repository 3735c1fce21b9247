import { InvalidArgumentError, type Command } from 'commander';
import { defineAdmin, lazily, wholeNumber, type Cli } from '../define.js';

/** Defines `countersign signals …`: the learned behaviour of agents. */
export function signalCommands(signals: Command, cli: Cli): void {
  defineAdmin(
    signals,
    'show <agent>',
    'show the usual and the actual activity of an agent, and its score by term',
  ).action(lazily(cli, () => import('../signals/show.js').then((at) => at.showSignals)));
  defineAdmin(signals, 'reset <agent>', 'delete the learned state of an agent; learning restarts')
    .requiredOption('--reason <text>', 'reason, kept in the record')
    .action(lazily(cli, () => import('../signals/reset.js').then((at) => at.resetSignals)));
  defineAdmin(signals, 'export <agent>', 'print the whole stored state of an agent as JSON')
    .option('-o, --output <file>', 'output file instead of standard output')
    .action(lazily(cli, () => import('../signals/export.js').then((at) => at.exportSignals)));
  simulateCommand(signals, cli);
}

function simulateCommand(signals: Command, cli: Cli): void {
  defineAdmin(
    signals,
    'simulate',
    'run recorded events through the model and list the agents it would stop',
  )
    .option('--since <when>', 'start: 12h, 7d ago, or a time', '7d')
    .option('--until <when>', 'end, in the form of --since')
    .option('--warm-up <how long>', 'time before the start to learn from, not counted', '14d')
    .requiredOption('--quarantine <score>', 'score that stops an agent, 0 to 1', score)
    .option('--step-up <score>', 'score that shortens lifetimes (default: 0.8)', score)
    .option('--class <name>', 'only agents of this class at present')
    .option('--agent <id>', 'only this agent')
    .option('--allow-stops <n>', 'exit 1 above this number of stopped agents', wholeNumber, 0)
    .action(lazily(cli, () => import('../signals/simulate.js').then((at) => at.simulate)));
}

function score(text: string): number {
  const value = Number(text);
  if (!/^(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)$/.test(text) || value > 1) {
    throw new InvalidArgumentError('must be a number from 0 to 1.');
  }
  return value;
}
