import type { Command } from 'commander';
import { collect, defineAdmin, lazily, type Cli } from '../define.js';

/** `countersign limits show|set|reset`: the budgets that agents share, and what requests cost. */
export function limitsCommands(limits: Command, cli: Cli): void {
  defineAdmin(
    limits,
    'show',
    'the budgets of owners and of all agents, the costs, and who set them',
  ).action(lazily(cli, () => import('../limits/actions.js').then((at) => at.showLimits)));
  defineAdmin(limits, 'set', 'change them on every instance; what is not named stays')
    .option('--global <limit>', 'of all agents: <per minute>:<burst>, or off')
    .option('--owner <limit>', 'of every owner without its own: <per minute>:<burst>, or off')
    .option(
      '--for <owner=limit>',
      'of one owner: <owner>=<per minute>:<burst>, or <owner>=default; may be given several times',
      collect,
    )
    .option(
      '--cost <risk=units>',
      'of a request for a scope of one risk: <risk>=<units>, or <risk>=default; may be given several times',
      collect,
    )
    .option('--reason <text>', 'why; kept in the record')
    .action(lazily(cli, () => import('../limits/actions.js').then((at) => at.setLimits)));
  defineAdmin(limits, 'reset', 'go back to what the configuration says').action(
    lazily(cli, () => import('../limits/actions.js').then((at) => at.resetLimits)),
  );
}
