import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { hostPort } from '../domain/host-port.js';
import type { DrainingServer } from './draining-server.js';

/** A listen address: TCP, or a unix socket for its owner only. */
export type ListenAddress =
  | { readonly host: string; readonly port: number }
  | { readonly path: string };

/** Listens and resolves to the URL with the actual port. */
export async function listenAt(server: DrainingServer, address: ListenAddress): Promise<string> {
  if ('path' in address) {
    await removeStaleSocket(address.path);
    await server.listen({ path: address.path });
    chmodSync(address.path, 0o600);
    return `unix:${address.path}`;
  }
  await server.listen(address);
  return `http://${hostPort(address.host, server.port() ?? address.port)}`;
}

// A killed process leaves its socket file: remove it. A socket that answers belongs to a live process: keep it.
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
