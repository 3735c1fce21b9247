import { segment } from './admin-client.js';
import { connect, show } from './answer.js';
import type { AdminOptions, Cli } from './define.js';
import { printJson } from './output.js';

type ItemAction = (cli: Cli, id: string, options: AdminOptions) => Promise<void>;

/** Prints one item of a collection of the admin API as JSON. */
export function showItem(collection: string): ItemAction {
  return async (cli, id, options) => {
    const { body } = await (
      await connect(cli, options)
    ).call('GET', `${collection}/${segment(id)}`);
    printJson(cli.terminal, body);
  };
}

/** Deletes one item of a collection of the admin API. */
export function deleteItem(collection: string): ItemAction {
  return async (cli, id, options) => {
    const { body } = await (
      await connect(cli, options)
    ).call('DELETE', `${collection}/${segment(id)}`);
    show(cli, options, body, ({ out }) => {
      out(`${id} deleted\n`);
    });
  };
}
