import type { Command } from 'commander';
import { defineAdmin, lazily, type Cli } from '../../define.js';

/** Defines `countersign policy push|ls|show|admit`: bundles in the store. */
export function bundleCommands(policy: Command, cli: Cli): void {
  defineAdmin(policy, 'push <bundle>', 'upload a bundle, folder or tar.gz, into the store').action(
    lazily(cli, () => import('../../policy/push.js').then((at) => at.push)),
  );
  defineAdmin(policy, 'ls', 'list stored bundles, newest first').action(
    lazily(cli, () => import('../../policy/bundles.js').then((at) => at.listBundles)),
  );
  defineAdmin(
    policy,
    'show <bundle>',
    'show a bundle, by digest or revision, with its report',
  ).action(lazily(cli, () => import('../../policy/bundles.js').then((at) => at.showBundle)));
  defineAdmin(
    policy,
    'admit <bundle>',
    'test a bundle for admission; exit code 1 when it is refused',
  )
    .option('--allow-untested', 'accept a bundle that no input tested')
    .action(lazily(cli, () => import('../../policy/bundles.js').then((at) => at.admitBundle)));
}
