import { resolve } from 'node:path';
import { listenerUrl } from '../config/addresses.js';
import { readDemoFile, type DemoFile } from '../config/demo-file.js';
import { loadConfig } from '../config/load.js';
import { ConfigInvalid } from '../config/problems.js';
import type { Terminal } from './terminal.js';

/** The local service, described by its configuration and its data folder. */
export interface Local {
  readonly dataDir: string;
  readonly adminUrl: string;
  readonly publicUrl: string;
  /** Undefined when the service wrote no demo file. */
  readonly demo: DemoFile | undefined;
}

/** Reads the configuration and the demo file of this machine. */
export function readLocal(terminal: Terminal): Local {
  const addresses = readAddresses(terminal);
  return { ...addresses, demo: readDemoFile(addresses.dataDir, terminal.readFile) };
}

// A client's machine may lack a valid configuration: missing settings have defaults.
function readAddresses({ env, cwd, readFile }: Terminal): Omit<Local, 'demo'> {
  try {
    const config = loadConfig(env, readFile, { profile: 'local' }, { cwd });
    const { admin, public: open } = config.listeners;
    return {
      dataDir: config.dataDir,
      adminUrl: listenerUrl(admin.host, admin.port),
      publicUrl: listenerUrl(open.host, open.port),
    };
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    return {
      dataDir: resolve(cwd, env['COUNTERSIGN_DATA_DIR'] ?? '.countersign'),
      adminUrl: `http://127.0.0.1:${env['COUNTERSIGN_ADMIN_PORT'] ?? '8485'}`,
      publicUrl: `http://127.0.0.1:${env['COUNTERSIGN_PORT'] ?? '8484'}`,
    };
  }
}
