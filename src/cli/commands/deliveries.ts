import { Option, type Command } from 'commander';
import { defineAdmin, lazily, pageOptions, type Cli } from '../define.js';

/** Defines `countersign deliveries …`: webhook deliveries. */
export function deliveryCommands(deliveries: Command, cli: Cli): void {
  pageOptions(defineAdmin(deliveries, 'list', 'list deliveries'))
    .addOption(
      new Option('--state <state>', 'only these').choices(['pending', 'delivered', 'irrevocable']),
    )
    .action(lazily(cli, () => import('../deliveries.js').then((at) => at.listDeliveries)));
  defineAdmin(
    deliveries,
    'retry <id>',
    'request a retry of a failed delivery from the worker',
  ).action(lazily(cli, () => import('../deliveries.js').then((at) => at.retryDelivery)));
}
