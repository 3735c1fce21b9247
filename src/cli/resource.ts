import type { ResourceAnswer } from '../domain/answers.generated.js';
import type { Tree } from '../config/tree.js';
import { segment, type AdminClient } from './admin-client.js';
import { connect, show } from './answer.js';
import type { AdminOptions, Cli } from './define.js';
import { readDocumentFile } from './document-file.js';
import { EXIT } from './exit-codes.js';
import { CliFailure, usage } from './failure.js';
import { printList, type PageOptions } from './listing.js';
import type { Column } from './output.js';
import { READER, type Reader } from './values.js';

const resource: Reader<ResourceAnswer> = READER;
const scope: Reader<ResourceAnswer['spec']['scopes'][number]> = READER;

const COLUMNS: readonly Column[] = [
  { title: 'ID', value: (row) => resource.text(row, 'spec', 'id') },
  { title: 'AUDIENCES', value: (row) => resource.text(row, 'spec', 'audiences') },
  { title: 'SCOPES', value: (row) => scopesOf(row) },
  { title: 'SOURCE', value: (row) => resource.text(row, 'source') },
  { title: 'UPDATED', value: (row) => resource.time(row, 'updated_at_ms') },
];

function scopesOf(row: Tree): string {
  return resource
    .rows(row, 'spec', 'scopes')
    .map((one) => scope.text(one, 'name'))
    .join(' ');
}

/** Runs `countersign resource list`. */
export function listResources(cli: Cli, options: PageOptions): Promise<void> {
  return printList(cli, options, '/resources', COLUMNS);
}

/** Runs `countersign resource put`. */
export async function putResource(
  cli: Cli,
  options: AdminOptions & { readonly file: string },
): Promise<void> {
  const document = await readDocumentFile(cli.terminal, options.file);
  const id = document['id'];
  if (typeof id !== 'string') throw usage('the document has no id');
  const client = await connect(cli, options);
  const path = `/resources/${segment(id)}`;
  const ifMatch = await versionOf(client, path);
  const { body } = await client.call('PUT', path, { body: document, ifMatch });
  show(cli, options, body, ({ out }) => {
    out(`resource ${id} ${ifMatch === 0 ? 'created' : 'replaced'}\n`);
  });
}

/** Returns the stored version, 0 when the resource does not exist. */
async function versionOf(client: AdminClient, path: string): Promise<number> {
  try {
    const { body } = await client.call('GET', path);
    return resource.number(body, 'version') ?? 0;
  } catch (error) {
    if (error instanceof CliFailure && error.exitCode === EXIT.notFound) return 0;
    throw error;
  }
}
