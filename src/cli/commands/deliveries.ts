import { Option, type Command } from 'commander';
import { defineAdmin, definePage, lazily, type Cli } from '../define.js';

/** `countersign deliveries …`: what webhooks were told. */
export function deliveryCommands(program: Command, cli: Cli): void {
  const deliveries = program.command('deliveries').description('what webhooks were told');
  definePage(deliveries, 'list', 'list deliveries')
    .addOption(
      new Option('--state <state>', 'only these').choices(['pending', 'delivered', 'irrevocable']),
    )
    .action(lazily(cli, () => import('../deliveries.js').then((at) => at.listDeliveries)));
  defineAdmin(deliveries, 'retry <id>', 'ask the worker to try a failed delivery again').action(
    lazily(cli, () => import('../deliveries.js').then((at) => at.retryDelivery)),
  );
}
