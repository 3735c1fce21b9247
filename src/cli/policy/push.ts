import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { packArchive } from '../../policy/bundle/pack.js';
import { readBundle } from '../../policy/bundle/read.js';
import { connect, show } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { usage } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { printBundle } from './bundles.js';

/** Runs `countersign policy push`: stores a folder or tar.gz. */
export async function push(cli: Cli, path: string, options: AdminOptions): Promise<void> {
  const archive = await readArchive(cli.terminal, path);
  const { body } = await (await connect(cli, options)).call('POST', '/policy/bundles', { archive });
  show(cli, options, body, (terminal) => {
    printBundle(terminal, body);
  });
}

/** Returns a tar.gz, packed from a folder if needed. Throws a usage failure when it cannot be read. */
async function readArchive({ cwd }: Terminal, path: string): Promise<Uint8Array> {
  const at = resolve(cwd, path);
  try {
    if (!(await stat(at)).isDirectory()) return await readFile(at);
    return await packArchive((await readBundle(at, { verification: 'off' })).files);
  } catch (error) {
    throw usage(`${path} cannot be read: ${error instanceof Error ? error.message : 'no bundle'}`);
  }
}
