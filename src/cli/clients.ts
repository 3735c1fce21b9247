import { DEFAULT_SECRET_VARIABLE, type ClientOptions } from './client-options.js';
import { EXIT } from './exit-codes.js';
import { CliFailure, usage } from './failure.js';
import { localService, publicUrl } from './access.js';
import type { Terminal } from './terminal.js';

export interface ClientAccess {
  readonly url: string;
  readonly authorization: string;
}

/** The URL of the public listener and HTTP Basic credentials (RFC 6749 section 2.3.1). */
export async function clientAccess(
  terminal: Terminal,
  options: ClientOptions,
  demoClient: 'agent' | 'resource_server',
): Promise<ClientAccess> {
  const url = await publicUrl(terminal, options.publicUrl);
  const variable = options.clientSecretEnv ?? DEFAULT_SECRET_VARIABLE;
  const { clientId } = options;
  if (clientId === undefined) {
    if (options.clientSecretEnv !== undefined) throw usage('--client-secret-env needs --client-id');
    const { demo } = await localService(terminal);
    if (demo?.public_url !== url) {
      throw new CliFailure(EXIT.usage, 'set --client-id, and its secret in the environment');
    }
    const { id, client_secret: secret } = demo[demoClient];
    return { url, authorization: basic(id, secret) };
  }
  const secret = terminal.env[variable];
  if (secret === undefined || secret === '') {
    throw usage(`the environment variable ${variable} has no secret for ${clientId}`);
  }
  return { url, authorization: basic(clientId, secret) };
}

function basic(id: string, secret: string): string {
  const pair = `${formEncode(id)}:${formEncode(secret)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
