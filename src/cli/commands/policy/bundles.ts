import type { Command } from 'commander';
import { defineAdmin, lazily, type Cli } from '../../define.js';

/** `countersign policy push|ls|show|admit`: bundles in the store. */
export function bundleCommands(policy: Command, cli: Cli): void {
  defineAdmin(policy, 'push <bundle>', 'keep a bundle, a folder or tar.gz, in the store').action(
    lazily(cli, () => import('../../policy/push.js').then((at) => at.push)),
  );
  defineAdmin(policy, 'ls', 'bundles the store has, newest first').action(
    lazily(cli, () => import('../../policy/bundles.js').then((at) => at.listBundles)),
  );
  defineAdmin(policy, 'show <bundle>', 'one bundle, by digest or revision, with its report').action(
    lazily(cli, () => import('../../policy/bundles.js').then((at) => at.showBundle)),
  );
  defineAdmin(policy, 'admit <bundle>', 'try a bundle; exit code 1 when it is refused').action(
    lazily(cli, () => import('../../policy/bundles.js').then((at) => at.admitBundle)),
  );
}
