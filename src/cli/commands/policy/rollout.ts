import type { Command } from 'commander';
import { defineAdmin, lazily, wholeNumber, type Cli } from '../../define.js';

/** `countersign policy activate|shadow|canary|rollback`: who decides. */
export function rolloutCommands(policy: Command, cli: Cli): void {
  reasoned(
    defineAdmin(policy, 'activate <bundle>', 'make a bundle the one that decides, on every node'),
  )
    .option(
      '--allow-new-grants <n>',
      'recorded decisions that may get what they were not granted (default: 0)',
      wholeNumber,
    )
    .action(lazily(cli, () => import('../../policy/rollout.js').then((at) => at.activate)));
  reasoned(defineAdmin(policy, 'shadow [bundle]', 'let a bundle see every request and decide none'))
    .option('--end', 'end the shadow')
    .action(lazily(cli, () => import('../../policy/rollout.js').then((at) => at.shadow)));
  reasoned(
    defineAdmin(
      policy,
      'canary [bundle]',
      'let a bundle decide for a share of agents, always the same',
    ),
  )
    .option('--percent <n>', 'the share of agents, 1 to 99', wholeNumber)
    .option('--end', 'end the canary')
    .action(lazily(cli, () => import('../../policy/rollout.js').then((at) => at.canary)));
  defineAdmin(policy, 'rollback', 'go back to a bundle that was active before')
    .option('--to <bundle>', 'which one (default: the last one)')
    .requiredOption('--reason <text>', 'why; kept in the record')
    .action(lazily(cli, () => import('../../policy/rollout.js').then((at) => at.rollBack)));
}

function reasoned(command: Command): Command {
  return command.option('--reason <text>', 'why; kept in the record');
}
