import { expect } from 'chai';
import { connect } from 'node:net';
import { once } from 'node:events';
import { Pool } from 'undici';
import { GRANTED } from '../../support/fake-records.js';
import { type FakeService, startFakeService } from '../../support/http-listeners.js';

const SOCKETS = 32;
const BODY = JSON.stringify({ resource: 'stripe', scope: 'read' });
const REQUEST = {
  method: 'POST',
  path: '/token',
  headers: {
    'content-type': 'application/json',
    authorization: `Basic ${Buffer.from('demo-agent:csk_demo').toString('base64')}`,
  },
  body: BODY,
} as const;

/** One keep-alive connection that sends one request after another until the server closes it. */
async function driveUntilClosed(url: string, counts: { sent: number; answered: number }) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const text =
    `POST /token HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\n` +
    `Authorization: ${REQUEST.headers.authorization}\r\n` +
    `Content-Length: ${String(BODY.length)}\r\n\r\n${BODY}`;
  let received = '';
  let closing = false;
  const closed = once(socket, 'close');
  const send = (): void => {
    counts.sent++;
    socket.write(text);
  };
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    received += chunk;
    if (!received.endsWith('}')) return;
    expect(received).to.match(/^HTTP\/1\.1 200 /);
    counts.answered++;
    closing = /\r\nConnection: close\r\n/i.test(received);
    received = '';
    if (!closing) send();
  });
  send();
  await closed; // `once` rejects on 'error', so a reset fails the test
  expect(closing, 'the last answer says Connection: close').to.equal(true);
}

describe('drain', function () {
  this.timeout(300_000);
  let service: FakeService;
  beforeEach(async () => {
    service = await startFakeService({ timeouts: { idleGraceMs: 500 } });
  });
  afterEach(() => service.close());

  it('resets none of 32 keep-alive connections under load, and loses no request', async () => {
    // A grace that no client of this busy process overruns; each connection ends with its next answer.
    await service.close();
    service = await startFakeService({ timeouts: { idleGraceMs: 60_000 } });
    const counts = { sent: 0, answered: 0 };
    service.operations.authorizeWith = () =>
      new Promise((resolve) => {
        setTimeout(resolve, Math.random() * 3, GRANTED);
      });
    const url = service.endpoints.publicUrl;
    const driven = Array.from({ length: SOCKETS }, () => driveUntilClosed(url, counts));
    await until(() => counts.answered > SOCKETS * 5);
    const drained = service.listeners.close(120_000);
    await Promise.all(driven);
    await drained;
    expect(counts.answered).to.equal(counts.sent);
  });

  it('answers a request that an idle connection sends after closing began', async () => {
    const url = new URL(service.endpoints.publicUrl);
    const head = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
    const socket = connect(Number(url.port), url.hostname);
    socket.write(head);
    await once(socket, 'data');
    const closed = service.listeners.close(5_000);
    await until(() => refused(url.href));
    socket.write(head);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(String(answer)).to.match(/^HTTP\/1\.1 200 [\s\S]*\r\nConnection: close\r\n/);
    await closed;
  });

  it('closes idle connections in an orderly way after the grace', async () => {
    const pool = new Pool(service.endpoints.publicUrl, { connections: 4 });
    await Promise.all(
      Array.from({ length: 4 }, async () => (await pool.request(REQUEST)).body.dump()),
    );
    const socket = connect(Number(new URL(service.endpoints.publicUrl).port), '127.0.0.1');
    await once(socket, 'connect'); // has never sent anything
    const ended = once(socket.resume(), 'end');
    await service.listeners.close(5_000);
    await ended;
    await pool.destroy();
  });

  it('cuts a peer that never ends its half, a grace after the end was sent', async function () {
    this.timeout(60_000);
    // No other limit ends the connection within that of this test.
    await service.close();
    const timeouts = { idleGraceMs: 20, endedGraceMs: 50, keepAliveTimeoutMs: 3_600_000 };
    service = await startFakeService({ timeouts });
    const { hostname, port } = new URL(service.endpoints.publicUrl);
    const peer = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    peer.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    const [answer] = (await once(peer, 'data')) as [Buffer];
    expect(String(answer)).to.match(/^HTTP\/1\.1 200 /);
    const ended = once(peer, 'end');
    await service.listeners.close(3_600_000);
    await ended;
    expect(peer.writableEnded, 'the peer kept its half').to.equal(false);
    peer.destroy();
  });

  it('answers what is in flight, and takes no new connection', async () => {
    let release: () => void = () => undefined;
    let entered = false;
    service.operations.authorizeWith = () =>
      new Promise((resolve) => {
        entered = true;
        release = () => {
          resolve(GRANTED);
        };
      });
    const pool = new Pool(service.endpoints.publicUrl);
    const answer = pool.request(REQUEST);
    await until(() => entered);
    const closed = service.listeners.close(5_000);
    await until(() => refused(service.endpoints.publicUrl));
    release();
    const { statusCode, headers, body } = await answer;
    await body.dump();
    expect([statusCode, headers['connection']]).to.deep.equal([200, 'close']);
    await closed;
    await pool.destroy();
  });

  it('serves probes until the other listeners have answered, then closes them too', async () => {
    const probed = await startFakeService({ probes: true });
    let release: () => void = () => undefined;
    probed.operations.authorizeWith = () =>
      new Promise((resolve) => {
        release = () => {
          resolve(GRANTED);
        };
      });
    const { publicUrl, probesUrl = '' } = probed.endpoints;
    const pool = new Pool(publicUrl);
    const answer = pool.request(REQUEST);
    await until(() => probed.operations.seen.length === 1);
    probed.readiness = { ready: false, checks: [] };
    const closed = probed.listeners.close(30_000);
    await until(() => refused(publicUrl));
    expect((await fetch(`${probesUrl}/readyz`)).status).to.equal(503);
    release();
    await (await answer).body.dump();
    await closed;
    expect(await refused(probesUrl)).to.equal(true);
    await pool.destroy();
    await probed.client.close();
  });

  it('cuts at the deadline what does not end', async () => {
    service.operations.authorizeWith = () => new Promise(() => undefined);
    const pool = new Pool(service.endpoints.publicUrl);
    const answer = pool.request(REQUEST).then(
      () => 'answered',
      () => 'cut',
    );
    await until(() => service.operations.seen.length === 1);
    await service.listeners.close(50);
    expect(await answer).to.equal('cut');
    await pool.destroy();
  });

  it('is idempotent', async () => {
    await Promise.all([service.listeners.close(1_000), service.listeners.close(1_000)]);
    await service.listeners.close(1_000);
  });
});

async function refused(url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  try {
    await once(socket, 'connect');
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setImmediate(resolve));
}
