import { join, resolve } from 'node:path';
import { hostPort } from '../config/addresses.js';
import type { Config } from '../config/config.js';
import { readDemoFile, type DemoFile } from '../config/demo-file.js';
import { loadConfig, type Overrides } from '../config/load.js';
import { ConfigInvalid } from '../config/problems.js';
import { ADMIN_TOKEN_FILE } from '../config/secrets.js';
import { checkRegistry } from '../registry/check.js';
import { usage } from './failure.js';
import type { Terminal } from './terminal.js';

/** The configuration as the service would read it; throws ConfigInvalid. */
export function readConfig(terminal: Terminal, overrides: Overrides = {}): Config {
  const options = { cwd: terminal.cwd, checkRegistry };
  return loadConfig(terminal.env, terminal.readFile, overrides, options);
}

/** Where the admin listener is, and the token to send there. */
export interface AdminAccess {
  readonly url: string;
  readonly token: string | undefined;
}

interface Local {
  readonly dataDir: string;
  readonly adminUrl: string;
  readonly publicUrl: string;
}

// A client's machine need not have a whole, valid configuration: what it lacks has its default.
function readLocal({ env, cwd, readFile }: Terminal): Local {
  try {
    const config = loadConfig(env, readFile, { profile: 'local' }, { cwd });
    const { admin, public: open } = config.listeners;
    return {
      dataDir: config.dataDir,
      adminUrl: `http://${reachable(admin.host, admin.port)}`,
      publicUrl: `http://${reachable(open.host, open.port)}`,
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

function reachable(host: string, port: number): string {
  return hostPort(host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host, port);
}

/**
 * From the environment, else the demo file, else the data folder. A token found on this machine goes only to
 * the address it was found with, never to one that somebody put in the environment.
 */
export function adminAccess(terminal: Terminal, urlOption?: string): AdminAccess {
  const { env } = terminal;
  const local = readLocal(terminal);
  const demo = readDemoFile(local.dataDir, terminal.readFile);
  const chosen = baseUrl(urlOption ?? env['COUNTERSIGN_ADMIN_URL']);
  const url = chosen ?? demo?.admin_url ?? local.adminUrl;
  const given = env['COUNTERSIGN_ADMIN_TOKEN'];
  if (given !== undefined && given !== '') return { url, token: given };
  if (url === demo?.admin_url) return { url, token: demo.admin_token };
  if (url !== local.adminUrl) return { url, token: undefined };
  return { url, token: terminal.readFile(join(local.dataDir, ADMIN_TOKEN_FILE))?.trim() };
}

/** Where the public listener is. */
export function publicUrl(terminal: Terminal, urlOption?: string): string {
  const local = readLocal(terminal);
  const chosen = baseUrl(urlOption ?? terminal.env['COUNTERSIGN_PUBLIC_URL']);
  return chosen ?? readDemoFile(local.dataDir, terminal.readFile)?.public_url ?? local.publicUrl;
}

/** The demo file, when the service of this machine wrote one. */
export function demoFile(terminal: Terminal): DemoFile | undefined {
  return readDemoFile(readLocal(terminal).dataDir, terminal.readFile);
}

function baseUrl(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^https?:\/\/[^\s/?#]+\/?$/.test(text)) {
    throw usage(`${text} is not an http or https address without a path`);
  }
  return text.replace(/\/$/, '');
}
