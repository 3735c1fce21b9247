import type { Command } from 'commander';
import { collect, defineAdmin, lazily, type Cli } from '../define.js';

/** Defines `countersign limits show|set|reset`: shared budgets and request costs. */
export function limitsCommands(limits: Command, cli: Cli): void {
  defineAdmin(limits, 'show', 'show shared budgets and costs, and who set them').action(
    lazily(cli, () => import('../limits/actions.js').then((at) => at.showLimits)),
  );
  defineAdmin(limits, 'set', 'change named limits on every instance')
    .option('--global <limit>', 'budget of all agents: <per minute>:<burst>, or off')
    .option('--owner <limit>', 'default budget of an owner: <per minute>:<burst>, or off')
    .option(
      '--for <owner=limit>',
      'budget of one owner: <owner>=<per minute>:<burst>, or <owner>=default; repeatable',
      collect,
    )
    .option(
      '--cost <risk=units>',
      'cost of a request by risk: <risk>=<units>, or <risk>=default; repeatable',
      collect,
    )
    .option('--reason <text>', 'reason, kept in the record')
    .action(lazily(cli, () => import('../limits/actions.js').then((at) => at.setLimits)));
  defineAdmin(limits, 'reset', 'return to the limits of the configuration').action(
    lazily(cli, () => import('../limits/actions.js').then((at) => at.resetLimits)),
  );
}
