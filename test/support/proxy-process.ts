import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './episode.js';

/** A proxy of one test, in a separate process. */
export interface ProxyProcess {
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts nginx with this `http` section and waits until the port takes connections. */
export function startNginx(http: string, port: number): Promise<ProxyProcess> {
  return start(port, 'nginx.conf', (dir) => [
    ['nginx', '-p', dir, '-c', join(dir, 'nginx.conf'), '-e', join(dir, 'error.log')],
    `daemon off; master_process off; pid ${dir}/nginx.pid; error_log ${dir}/error.log;
events {}
http {
  access_log off; client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/fastcgi; uwsgi_temp_path ${dir}/uwsgi; scgi_temp_path ${dir}/scgi;
  ${http}
}`,
  ]);
}

/** Starts HAProxy with these sections and waits until the port takes connections. */
export function startHaproxy(sections: string, port: number): Promise<ProxyProcess> {
  return start(port, 'haproxy.cfg', (dir) => [
    ['haproxy', '-db', '-f', join(dir, 'haproxy.cfg')],
    `global
  maxconn 200
defaults
  timeout connect 5s
  timeout client 30s
  timeout server 30s
${sections}
`,
  ]);
}

async function start(
  port: number,
  file: string,
  make: (dir: string) => readonly [command: readonly string[], config: string],
): Promise<ProxyProcess> {
  const dir = mkdtempSync(join(tmpdir(), 'cs-proxy-'));
  const [[program = '', ...args], config] = make(dir);
  writeFileSync(join(dir, file), config);
  // Debian keeps both where only root's PATH looks.
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  running.add(child);
  let output = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => (output += text));
  const exited = once(child, 'exit');
  await until(`${program} takes connections`, async () => {
    if (child.exitCode !== null) throw new Error(`${program} ended: ${output}`);
    return takesConnections(port);
  });
  return {
    async stop() {
      child.kill('SIGKILL');
      await exited;
      running.delete(child);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
