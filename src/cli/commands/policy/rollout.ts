import type { Command } from 'commander';
import { defineAdmin, lazily, wholeNumber, type Cli } from '../../define.js';

/** Defines `countersign policy activate|shadow|canary|rollback`: choice of the deciding bundles. */
export function rolloutCommands(policy: Command, cli: Cli): void {
  deciding(
    defineAdmin(policy, 'activate <bundle>', 'make a bundle the active one on every node'),
  ).action(lazily(cli, () => import('../../policy/rollout.js').then((at) => at.activate)));
  admitting(
    defineAdmin(
      policy,
      'shadow [bundle]',
      'evaluate every request with a bundle that decides none',
    ),
  )
    .option('--end', 'end the shadow')
    .action(lazily(cli, () => import('../../policy/rollout.js').then((at) => at.shadow)));
  deciding(
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

/** Adds the options of a command that lets a bundle decide, after the replay. */
function deciding(command: Command): Command {
  return admitting(command)
    .option(
      '--allow-new-grants <n>',
      'accepted number of new grants in the replay (default: 0)',
      wholeNumber,
    )
    .option(
      '--min-coverage <percent>',
      'accepted share of strata that the replay covers (default: 90)',
      wholeNumber,
    );
}

function admitting(command: Command): Command {
  return reasoned(command).option('--allow-untested', 'accept a bundle that no input tested');
}

function reasoned(command: Command): Command {
  return command.option('--reason <text>', 'reason, kept in the record');
}
