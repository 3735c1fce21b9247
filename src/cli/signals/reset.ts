import type { Command } from 'commander';
import { segment } from '../admin-client.js';
import { connect, defineAdmin, show, type AdminOptions, type Cli } from '../define.js';

/** `countersign signals reset <agent> --reason …`. */
export function resetCommand(signals: Command, cli: Cli): void {
  defineAdmin(
    signals,
    'reset <agent>',
    'forget what was learned of an agent; it is new again, and learns',
  )
    .requiredOption('--reason <text>', 'why; kept in the record')
    .action(async (agent: string, options: AdminOptions & { readonly reason: string }) => {
      const path = `/agents/${segment(agent)}/signals/reset`;
      const { reason } = options;
      const { body } = await connect(cli, options).call('POST', path, { body: { reason } });
      show(cli, options, body, ({ out }) => {
        out(`what was learned of agent ${agent} is forgotten\n`);
      });
    });
}
