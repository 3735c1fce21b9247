import type { Command } from 'commander';
import { isTree, type Tree } from '../config/tree.js';
import { segment, type AdminClient } from './admin-client.js';
import { connect, defineAdmin, show, type AdminOptions, type Cli } from './define.js';
import { readDocumentFile } from './document-file.js';
import { EXIT } from './exit-codes.js';
import { CliFailure, usage } from './failure.js';
import { listCommand } from './listing.js';
import { printJson, type Column } from './output.js';
import { rowsOf, textOf, timeOf } from './values.js';

const COLUMNS: readonly Column[] = [
  { title: 'ID', value: (row) => textOf(row, 'spec', 'id') || textOf(row, 'id') },
  { title: 'AUDIENCES', value: (row) => textOf(row, 'spec', 'audiences') },
  { title: 'SCOPES', value: (row) => scopesOf(row) },
  { title: 'SOURCE', value: (row) => textOf(row, 'source') },
  { title: 'UPDATED', value: (row) => timeOf(row, 'updated_at_ms') },
];

function scopesOf(row: Tree): string {
  return rowsOf(row['spec'], 'scopes')
    .map((scope) => textOf(scope, 'name'))
    .join(' ');
}

/** `countersign resource …`: the tool catalogue. */
export function resourceCommands(program: Command, cli: Cli): void {
  const resource = program
    .command('resource')
    .description('the catalogue of tools and their scopes');
  listCommand(resource, cli, { path: '/resources', what: 'resources', columns: COLUMNS });
  showCommand(resource, cli, '/resources', 'show one resource');
  defineAdmin(resource, 'put', 'create a resource, or replace it')
    .requiredOption('-f, --file <path>', 'YAML or JSON with the resource; - for standard input')
    .action(async (options: AdminOptions & { readonly file: string }) => {
      const spec = await readDocumentFile(cli.terminal, options.file);
      const id = spec['id'];
      if (typeof id !== 'string') throw usage('the document has no id');
      const client = connect(cli, options);
      const path = `/resources/${segment(id)}`;
      const ifMatch = await versionOf(client, path);
      const { body } = await client.call('PUT', path, { body: spec, ifMatch });
      show(cli, options, body, ({ out }) => {
        out(`resource ${id} ${ifMatch === 0 ? 'created' : 'replaced'}\n`);
      });
    });
  deleteCommand(resource, cli, '/resources', 'delete a resource from the catalogue');
}

/** The stored version, 0 when there is nothing yet. */
async function versionOf(client: AdminClient, path: string): Promise<number> {
  try {
    const { body } = await client.call('GET', path);
    const version = isTree(body) ? body['version'] : undefined;
    return typeof version === 'number' ? version : 0;
  } catch (error) {
    if (error instanceof CliFailure && error.exitCode === EXIT.notFound) return 0;
    throw error;
  }
}

export function showCommand(parent: Command, cli: Cli, path: string, description: string): void {
  defineAdmin(parent, 'show <id>', description).action(
    async (id: string, options: AdminOptions) => {
      const { body } = await connect(cli, options).call('GET', `${path}/${segment(id)}`);
      printJson(cli.terminal, body);
    },
  );
}

export function deleteCommand(parent: Command, cli: Cli, path: string, description: string): void {
  defineAdmin(parent, 'delete <id>', description).action(
    async (id: string, options: AdminOptions) => {
      const { body } = await connect(cli, options).call('DELETE', `${path}/${segment(id)}`);
      show(cli, options, body, ({ out }) => {
        out(`${id} deleted\n`);
      });
    },
  );
}
