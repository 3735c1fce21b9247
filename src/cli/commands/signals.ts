import { InvalidArgumentError, type Command } from 'commander';
import { defineAdmin, lazily, wholeNumber, type Cli } from '../define.js';

/** `countersign signals …`: what is kept of agents' behaviour. */
export function signalCommands(signals: Command, cli: Cli): void {
  defineAdmin(
    signals,
    'show <agent>',
    'what is usual for an agent, what it did, its score and why',
  ).action(lazily(cli, () => import('../signals/show.js').then((at) => at.showSignals)));
  defineAdmin(
    signals,
    'reset <agent>',
    'forget what was learned of an agent; it is new again, and learns',
  )
    .requiredOption('--reason <text>', 'why; kept in the record')
    .action(lazily(cli, () => import('../signals/reset.js').then((at) => at.resetSignals)));
  defineAdmin(signals, 'export <agent>', 'the whole state kept of an agent, as JSON')
    .option('-o, --output <file>', 'write it there instead of to standard output')
    .action(lazily(cli, () => import('../signals/export.js').then((at) => at.exportSignals)));
  simulateCommand(signals, cli);
}

function simulateCommand(signals: Command, cli: Cli): void {
  defineAdmin(
    signals,
    'simulate',
    'put recorded events through the model and say whom it would stop',
  )
    .option('--since <when>', 'from: 12h, 7d ago, or a time', '7d')
    .option('--until <when>', 'to, likewise')
    .option('--warm-up <how long>', 'learn from so much before, and count nothing of it', '14d')
    .requiredOption('--quarantine <score>', 'the score that stops an agent, 0 to 1', score)
    .option('--step-up <score>', 'the score that shortens lifetimes (default: 0.8)', score)
    .option('--class <name>', 'only agents that are of this class now')
    .option('--agent <id>', 'only this agent')
    .option(
      '--allow-stops <n>',
      'exit 1 when more agents than this would be stopped',
      wholeNumber,
      0,
    )
    .action(lazily(cli, () => import('../signals/simulate.js').then((at) => at.simulate)));
}

function score(text: string): number {
  const value = Number(text);
  if (!/^(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)$/.test(text) || value > 1) {
    throw new InvalidArgumentError('must be a number from 0 to 1.');
  }
  return value;
}
