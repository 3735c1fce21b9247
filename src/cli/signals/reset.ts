import { segment } from '../admin-client.js';
import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';

/** Runs `countersign signals reset <agent> --reason …`. */
export async function resetSignals(
  cli: Cli,
  agent: string,
  options: AdminOptions & { readonly reason: string },
): Promise<void> {
  const path = `/agents/${segment(agent)}/signals/reset`;
  const { reason } = options;
  const { body } = await (await connect(cli, options)).call('POST', path, { body: { reason } });
  show(cli, options, body, ({ out }) => {
    out(`learned state of agent ${agent} deleted\n`);
  });
}
