import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import type { DrainingServer } from './draining-server.js';

/** TCP, or a unix socket that only its owner may use. */
export type ListenAddress =
  { readonly host: string; readonly port: number } | { readonly path: string };

/** Listens and resolves to the URL, with the port that was really had. */
export async function listenAt(server: DrainingServer, address: ListenAddress): Promise<string> {
  if ('path' in address) {
    await removeStaleSocket(address.path);
    await server.listen({ path: address.path });
    chmodSync(address.path, 0o600);
    return `unix:${address.path}`;
  }
  await server.listen(address);
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `http://${host}:${String(server.port() ?? address.port)}`;
}

// A process that was killed leaves its socket file; one that answers belongs to somebody and stays.
async function removeStaleSocket(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
  const answered = await new Promise<boolean>((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => {
      resolve(false);
    });
  });
  if (!answered) unlinkSync(path);
}
