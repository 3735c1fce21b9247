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

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
