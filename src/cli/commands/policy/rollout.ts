import type { Command } from 'commander';
import { defineAdmin, lazily, wholeNumber, type Cli } from '../../define.js';

/** Defines `countersign policy activate|shadow|canary|rollback`: choice of the deciding bundles. */
export function rolloutCommands(policy: Command, cli: Cli): void {
  reasoned(defineAdmin(policy, 'activate <bundle>', 'make a bundle the active one on every node'))
    .option(
      '--allow-new-grants <n>',
      'accepted number of new grants in the replay (default: 0)',
      wholeNumber,
    )
    .action(lazily(cli, () => import('../../policy/rollout.js').then((at) => at.activate)));
  reasoned(
    defineAdmin(
      policy,
      'shadow [bundle]',
      'evaluate every request with a bundle that decides none',
    ),
  )
    .option('--end', 'end the shadow')
    .action(lazily(cli, () => import('../../policy/rollout.js').then((at) => at.shadow)));
  reasoned(
    defineAdmin(policy, 'canary [bundle]', 'let a bundle decide for a fixed share of agents'),
  )
    .option('--percent <n>', 'share of agents in percent, 1 to 99', wholeNumber)
    .option('--end', 'end the canary')
    .action(lazily(cli, () => import('../../policy/rollout.js').then((at) => at.canary)));
  defineAdmin(policy, 'rollback', 'activate an earlier active bundle again')
    .option('--to <bundle>', 'bundle to activate (default: the previous one)')
    .requiredOption('--reason <text>', 'reason, kept in the record')
    .action(lazily(cli, () => import('../../policy/rollout.js').then((at) => at.rollBack)));
}

function reasoned(command: Command): Command {
  return command.option('--reason <text>', 'reason, kept in the record');
}
