import type { Command } from 'commander';
import { defineAdmin, lazily, type Cli } from '../define.js';
import { analysisCommands } from './policy/analysis.js';
import { authorCommands } from './policy/author.js';
import { bundleCommands } from './policy/bundles.js';
import { rolloutCommands } from './policy/rollout.js';

/** Defines `countersign policy …`: the deciding bundle. */
export function policyCommands(policy: Command, cli: Cli): void {
  authorCommands(policy, cli);
  analysisCommands(policy, cli);
  bundleCommands(policy, cli);
  rolloutCommands(policy, cli);
  defineAdmin(policy, 'status', 'show the active bundle, trials and nodes').action(
    lazily(cli, () => import('../policy/status.js').then((at) => at.showStatus)),
  );
  defineAdmin(
    policy,
    'reload',
    'install the bundle of the source; a refused bundle changes nothing',
  ).action(lazily(cli, () => import('../policy/status.js').then((at) => at.reloadPolicy)));
}
