import type { ResourceServerAnswer } from '../domain/answers.generated.js';
import type { Tree } from '../config/tree.js';
import { segment } from './admin-client.js';
import { connect, show } from './answer.js';
import type { AdminOptions, Cli } from './define.js';
import { readDocumentFile } from './document-file.js';
import { usage } from './failure.js';
import { printList, type PageOptions } from './listing.js';
import type { Column } from './output.js';
import { printSecret, createQuery, type CreateOptions } from './secret.js';
import { endOf, formatFirstExpiry } from './secret-expiry.js';
import { READER, type Reader } from './values.js';

const server: Reader<ResourceServerAnswer> = READER;

const PATH = '/resource-servers';

function columnsAt(nowMs: number): readonly Column[] {
  return [
    { title: 'ID', value: (row) => server.text(row, 'spec', 'id') },
    { title: 'RESOURCES', value: (row) => server.text(row, 'spec', 'resources') },
    { title: 'SOURCE', value: (row) => server.text(row, 'source') },
    { title: 'UPDATED', value: (row) => server.time(row, 'updated_at_ms') },
    {
      title: 'SECRETS',
      value: (row) => formatFirstExpiry(server.rows(row, 'secrets').map(endOf), nowMs),
    },
  ];
}

interface ServerOptions extends AdminOptions {
  readonly file?: string;
  readonly description?: string;
  readonly resource?: readonly string[];
}

/** Runs `countersign resource-server list`. */
export function listServers(cli: Cli, options: PageOptions): Promise<void> {
  return printList(cli, options, PATH, columnsAt(cli.terminal.nowMs()));
}

/** Runs `countersign resource-server create`. */
export async function createServer(
  cli: Cli,
  id: string | undefined,
  options: ServerOptions & CreateOptions,
): Promise<void> {
  const spec = await serverFrom(cli, id, options, {});
  const { body } = await (
    await connect(cli, options)
  ).call('POST', PATH, { body: spec, query: createQuery(options) });
  show(cli, options, body, () => {
    printSecret(cli, body, spec.id);
  });
}

/** Runs `countersign resource-server update`. */
export async function updateServer(cli: Cli, id: string, options: ServerOptions): Promise<void> {
  const client = await connect(cli, options);
  const path = `${PATH}/${segment(id)}`;
  const stored = (await client.call('GET', path)).body;
  const next = await serverFrom(cli, id, options, server.object(stored, 'spec'));
  const ifMatch = server.number(stored, 'version') ?? 0;
  const { body } = await client.call('PUT', path, { body: next, ifMatch });
  show(cli, options, body, ({ out }) => {
    out(`resource server ${id} changed\n`);
  });
}

async function serverFrom(
  { terminal }: Cli,
  id: string | undefined,
  { file, description, resource }: ServerOptions,
  stored: Tree,
): Promise<Tree & { id: string }> {
  const base = file === undefined ? stored : await readDocumentFile(terminal, file);
  const spec: Tree = {
    ...base,
    ...(id === undefined ? {} : { id }),
    ...(description === undefined ? {} : { description }),
    ...(resource === undefined ? {} : { resources: resource }),
  };
  const own = spec['id'];
  if (typeof own !== 'string')
    throw usage('name the resource server as an argument or in the file');
  if (id !== undefined && base['id'] !== undefined && base['id'] !== id) {
    throw usage(`the file describes a resource server other than ${id}`);
  }
  return { ...spec, id: own };
}
