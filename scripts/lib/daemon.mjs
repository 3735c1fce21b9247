import { randomInt } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Starts a process that runs until `stop`; it is killed when this process ends. */
export function startDaemon(command, args, options) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  let output = '';
  for (const pipe of [child.stdout, child.stderr]) {
    pipe.on('data', (chunk) => (output = (output + chunk).slice(-8000)));
  }
  const exit = new Promise((resolve) => {
    child.on('close', resolve);
    child.on('error', resolve);
  });
  const ended = () =>
    child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  return {
    ended,
    output: () => output,
    /** SIGTERM, SIGKILL after ten seconds. */
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(kill, 10_000);
      await exit;
      clearTimeout(timer);
      process.off('exit', kill);
    },
  };
}

/** Below the ports that systems give to connections, so that none takes one before its daemon does. */
const PORTS = { first: 10_000, count: 10_000 };

/** A port of 127.0.0.1 that was free a moment ago, at random: other processes look for one at the time. */
export async function freePort() {
  for (;;) {
    const port = PORTS.first + randomInt(PORTS.count);
    const server = createServer().listen(port, '127.0.0.1');
    const free = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
