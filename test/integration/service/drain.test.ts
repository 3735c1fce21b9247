import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBundle } from '../../support/bundles/build.js';
import { GRANT_WHAT_IS_ASKED } from '../../support/bundles/policies.js';
import { until } from '../../support/episode.js';
import { basicOf } from '../../support/http.js';
import { ANY_PORTS, startProcess } from '../../support/process.js';
import { startRedis } from '../../support/redis.js';
import { LOAD_AGENT } from '../../support/service.js';
import { DEMO_REGISTRY } from '../../../src/config/demo.js';

const ADMIN_TOKEN = 'an-admin-token-for-tests';
const CONNECTIONS = 32;

/** What one keep-alive connection saw. */
interface Seen {
  sent: number;
  answered: number;
  readonly statuses: Set<number>;
  error: string | undefined;
  /** The last answer said that the connection ends. */
  saidClose: boolean;
  readonly ended: Promise<void>;
}

/** Sends a request as soon as the one before is answered, until an answer says `Connection: close`. */
function flood(url: string, next: () => string): Seen {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const seen: Seen = {
    sent: 0,
    answered: 0,
    statuses: new Set(),
    error: undefined,
    saidClose: false,
    ended: new Promise((resolve) => socket.once('close', resolve)),
  };
  let received = '';
  const send = (): void => {
    seen.sent += 1;
    socket.write(next());
  };
  socket.setEncoding('latin1');
  socket.on('connect', send);
  socket.on('error', ({ message }) => (seen.error = message));
  socket.on('data', (text: string) => {
    received += text;
    const answer = wholeAnswer(received);
    if (answer === undefined) return;
    received = received.slice(answer.length);
    seen.answered += 1;
    seen.statuses.add(answer.status);
    if (!answer.close) send();
    else finish(seen, socket);
  });
  return seen;
}

function finish(seen: Seen, socket: Socket): void {
  seen.saidClose = true;
  socket.end();
}

/** The first answer in the text, when all of it is there. */
function wholeAnswer(text: string): { length: number; status: number; close: boolean } | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd);
  const bodyLength = Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
  const length = headEnd + 4 + bodyLength;
  if (text.length < length) return undefined;
  return { length, status: Number(head.slice(9, 12)), close: /^connection: close$/im.test(head) };
}

function request(url: string, path: string, headers: Record<string, string>, body: string): string {
  const lines = Object.entries({ ...headers, 'content-length': String(body.length) });
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: ${new URL(url).host}`,
    ...lines.map((l) => l.join(': ')),
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

describe('SIGTERM', function () {
  this.timeout(120_000);

  it('under load loses no request that was sent, and the process ends with 0 in time', async () => {
    const redis = await startRedis();
    const dir = mkdtempSync(join(tmpdir(), 'countersign-drain-'));
    const service = await startProcess({
      command: 'serve',
      dir,
      adminToken: ADMIN_TOKEN,
      config: {
        redis: { url: redis.url, command_timeout_ms: 5000 },
        listeners: { ...ANY_PORTS, probes: { enabled: true, port: 0 } },
        request: { deadline_ms: 10_000 },
        data_dir: dir,
        policy: {
          path: buildBundle({ rego: GRANT_WHAT_IS_ASKED }),
          watch: false,
          admission: { violations: 'warn' },
        },
        registry: { ...DEMO_REGISTRY, agents: [LOAD_AGENT] },
      },
    });
    try {
      const { publicUrl, adminUrl, sidecarUrl = '', probesUrl = '' } = service.endpoints;
      expect((await fetch(`${probesUrl}/readyz`)).status).to.equal(200);
      const server = await resourceServerSecret(adminUrl);
      const json = { 'content-type': 'application/json' };
      const form = { 'content-type': 'application/x-www-form-urlencoded', authorization: server };
      const ask = JSON.stringify({ resource: 'stripe', scope: 'read_invoices', ttl: 60 });
      const floods = Array.from({ length: CONNECTIONS }, (_, index) =>
        index % 2 === 0
          ? flood(sidecarUrl, () => request(sidecarUrl, '/token', json, ask))
          : flood(publicUrl, () => request(publicUrl, '/introspect', form, 'token=nonsense')),
      );
      await until('every connection was answered a few times', () =>
        floods.every(({ answered }) => answered >= 3),
      );
      expect(floods.some(({ sent, answered }) => sent > answered)).to.equal(true);
      const from = performance.now();
      service.kill('SIGTERM');
      await Promise.all(floods.map(({ ended }) => ended));
      expect(await service.exited, service.output().slice(-2000)).to.equal(0);
      expect(performance.now() - from, 'ms to exit').to.be.lessThan(15_000);
      expect(floods.flatMap(({ error }) => error ?? [])).to.deep.equal([]);
      for (const { sent, answered, saidClose, statuses } of floods) {
        expect({ answered, saidClose }).to.deep.equal({ answered: sent, saidClose: true });
        expect([...statuses]).to.deep.equal([200]);
      }
    } finally {
      service.kill('SIGKILL');
      await redis.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('to `start` ends the private Redis with it', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'cs-start-'));
    const service = await startProcess({
      command: 'start',
      dir,
      adminToken: ADMIN_TOKEN,
      config: { data_dir: dir },
    });
    try {
      const redisPid = Number(/"pid":(\d+)[^\n]*private Redis ready/.exec(service.output())?.[1]);
      expect(isAlive(redisPid)).to.equal(true);
      service.kill('SIGTERM');
      expect(await service.exited, service.output().slice(-2000)).to.equal(0);
      await until('Redis is gone', () => !isAlive(redisPid));
    } finally {
      service.kill('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

/** A new secret of the demo's resource server, as an `Authorization` header. */
async function resourceServerSecret(adminUrl: string): Promise<string> {
  const made = await fetch(`${adminUrl}/admin/v1/resource-servers/demo-api/secrets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  const { secret } = (await made.json()) as { secret: string };
  return basicOf('demo-api', secret);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
