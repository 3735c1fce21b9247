import { join } from 'node:path';
import { usage } from './failure.js';
import type { Local } from './local.js';
import type { Terminal } from './terminal.js';

/** The URL of the admin listener and the token for it. */
export interface AdminAccess {
  readonly url: string;
  readonly token: string | undefined;
}

/** Reads this machine's configuration; loaded only when address or credential is not given. */
export async function localService(terminal: Terminal): Promise<Local> {
  const { readLocal } = await import('./local.js');
  return readLocal(terminal);
}

/**
 * Finds the admin access: from the environment, else the demo file, else the data folder.
 * A token found on this machine is sent only to the address found with it, never to one from the environment.
 */
export async function adminAccess(terminal: Terminal, urlOption?: string): Promise<AdminAccess> {
  const { env } = terminal;
  const chosen = baseUrl(urlOption ?? env['COUNTERSIGN_ADMIN_URL']);
  const given = env['COUNTERSIGN_ADMIN_TOKEN'];
  const token = given === '' ? undefined : given;
  if (chosen !== undefined && token !== undefined) return { url: chosen, token };
  const { demo, adminUrl, dataDir } = await localService(terminal);
  const url = chosen ?? demo?.admin_url ?? adminUrl;
  if (token !== undefined) return { url, token };
  if (url === demo?.admin_url) return { url, token: demo.admin_token };
  if (url !== adminUrl) return { url, token: undefined };
  const { ADMIN_TOKEN_FILE } = await import('../config/secrets.js');
  return { url, token: terminal.readFile(join(dataDir, ADMIN_TOKEN_FILE), 'none')?.trim() };
}

/** Returns the URL of the public listener. */
export async function publicUrl(terminal: Terminal, urlOption?: string): Promise<string> {
  const chosen = baseUrl(urlOption ?? terminal.env['COUNTERSIGN_PUBLIC_URL']);
  if (chosen !== undefined) return chosen;
  const { demo, publicUrl: configured } = await localService(terminal);
  return demo?.public_url ?? configured;
}

function baseUrl(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^https?:\/\/[^\s/?#]+\/?$/.test(text)) {
    throw usage(`${text} is not an http or https address without a path`);
  }
  return text.replace(/\/$/, '');
}
