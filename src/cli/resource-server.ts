import type { Command } from 'commander';
import { isTree, type Tree } from '../config/tree.js';
import { segment } from './admin-client.js';
import { collect, connect, defineAdmin, show, type AdminOptions, type Cli } from './define.js';
import { readDocumentFile } from './document-file.js';
import { usage } from './failure.js';
import { listCommand } from './listing.js';
import type { Column } from './output.js';
import { deleteCommand, showCommand } from './resource.js';
import { printSecret, secretCommands } from './secret.js';
import { textOf, timeOf } from './values.js';

const PATH = '/resource-servers';

const COLUMNS: readonly Column[] = [
  { title: 'ID', value: (row) => textOf(row, 'spec', 'id') || textOf(row, 'id') },
  { title: 'RESOURCES', value: (row) => textOf(row, 'spec', 'resources') },
  { title: 'SOURCE', value: (row) => textOf(row, 'source') },
  { title: 'UPDATED', value: (row) => timeOf(row, 'updated_at_ms') },
];

interface ServerOptions extends AdminOptions {
  readonly file?: string;
  readonly description?: string;
  readonly resource?: readonly string[];
}

/** `countersign resource-server …`: target APIs that introspect. */
export function resourceServerCommands(program: Command, cli: Cli): void {
  const server = program
    .command('resource-server')
    .description('target APIs that may ask whether a token is good');
  listCommand(server, cli, { path: PATH, what: 'resource servers', columns: COLUMNS });
  showCommand(server, cli, PATH, 'show one resource server');
  serverOptions(
    defineAdmin(server, 'create [id]', 'register a resource server; prints its secret once'),
  ).action(async (id: string | undefined, options: ServerOptions) => {
    const spec = await serverFrom(cli, id, options, {});
    const { body } = await connect(cli, options).call('POST', PATH, { body: spec });
    show(cli, options, body, () => {
      printSecret(cli, body, textOf(spec, 'id'));
    });
  });
  serverOptions(
    defineAdmin(server, 'update <id>', 'change a resource server; what is not named stays'),
  ).action(async (id: string, options: ServerOptions) => {
    const client = connect(cli, options);
    const path = `${PATH}/${segment(id)}`;
    const stored = (await client.call('GET', path)).body;
    const { version, spec } = isTree(stored) ? stored : {};
    const next = await serverFrom(cli, id, options, isTree(spec) ? spec : {});
    const ifMatch = typeof version === 'number' ? version : 0;
    const { body } = await client.call('PUT', path, { body: next, ifMatch });
    show(cli, options, body, ({ out }) => {
      out(`resource server ${id} changed\n`);
    });
  });
  deleteCommand(server, cli, PATH, 'delete a resource server');
  secretCommands(server, cli, PATH);
}

function serverOptions(command: Command): Command {
  return command
    .option('-f, --file <path>', 'YAML or JSON with the resource server; - for standard input')
    .option('--description <text>', 'what it is')
    .option('--resource <id>', 'a resource it introspects for; may be given again', collect);
}

async function serverFrom(
  { terminal }: Cli,
  id: string | undefined,
  { file, description, resource }: ServerOptions,
  stored: Tree,
): Promise<Tree> {
  const base = file === undefined ? stored : await readDocumentFile(terminal, file);
  const spec: Tree = {
    ...base,
    ...(id === undefined ? {} : { id }),
    ...(description === undefined ? {} : { description }),
    ...(resource === undefined ? {} : { resources: resource }),
  };
  if (typeof spec['id'] !== 'string') throw usage('name it: as an argument or in the file');
  if (id !== undefined && base['id'] !== undefined && base['id'] !== id) {
    throw usage(`the file is about another resource server than ${id}`);
  }
  return spec;
}
