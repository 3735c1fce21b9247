import { join } from 'node:path';
import { readFileIfPresent, type ReadFile } from './read-file.js';
import { writePrivateFile } from './secrets.js';
import { isTree } from './tree.js';

export const DEMO_FILE = 'demo.json';

interface DemoClient {
  readonly id: string;
  readonly client_secret: string;
}

/** The content of `<data dir>/demo.json`: addresses and credentials of the running demo. */
export interface DemoFile {
  readonly public_url: string;
  readonly admin_url: string;
  readonly sidecar_url: string;
  readonly admin_token: string;
  readonly agent: DemoClient;
  readonly resource_server: DemoClient;
}

/** Writes `<dataDir>/demo.json`, readable by its owner only, and returns its path. */
export async function writeDemoFile(dataDir: string, demo: DemoFile): Promise<string> {
  const path = join(dataDir, DEMO_FILE);
  await writePrivateFile(path, `${JSON.stringify(demo, null, 2)}\n`, 'replace');
  return path;
}

/** Returns the demo file of a data folder; undefined when it is missing or incomplete. */
export function readDemoFile(
  dataDir: string,
  readFile: ReadFile = readFileIfPresent,
): DemoFile | undefined {
  const text = readFile(join(dataDir, DEMO_FILE), 'none');
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isDemoFile(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isDemoFile(value: unknown): value is DemoFile {
  if (!isTree(value)) return false;
  const texts = ['public_url', 'admin_url', 'sidecar_url', 'admin_token'];
  return (
    texts.every((key) => typeof value[key] === 'string') &&
    isClient(value['agent']) &&
    isClient(value['resource_server'])
  );
}

function isClient(value: unknown): value is DemoClient {
  return (
    isTree(value) && typeof value['id'] === 'string' && typeof value['client_secret'] === 'string'
  );
}
