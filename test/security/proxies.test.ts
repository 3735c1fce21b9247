import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { startFakeService, useFakeService, type FakeService } from '../support/http-listeners.js';
import { LOCAL, v1, v2 } from '../support/proxy-headers.js';

const LOOPBACK = { trustedProxies: ['127.0.0.0/8'], forwardedHeader: 'x-forwarded-for' } as const;
const ELSEWHERE = { ...LOOPBACK, trustedProxies: ['192.0.2.0/24'] };
const TIMEOUTS = { headersTimeoutMs: 150, requestTimeoutMs: 300, checkIntervalMs: 20 };
const BODY = JSON.stringify({ resource: 'stripe', scope: 'read_invoices' });

/** A token request as bytes. */
function ask(headers: readonly string[] = [], connection = 'close', body = BODY): string {
  return [
    'POST /token HTTP/1.1',
    'Host: 127.0.0.1',
    'Content-Type: application/json',
    `Content-Length: ${String(body.length)}`,
    `Connection: ${connection}`,
    ...headers,
    '',
    body,
  ].join('\r\n');
}

/** Writes one part after the other, each in a separate packet, and resolves to what came back until the end. */
async function exchange(url: string, parts: readonly (string | Buffer)[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  for (const part of parts) {
    if (!socket.writable) break;
    await written(socket, part);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await closed;
  return text;
}

function written(socket: Socket, part: string | Buffer): Promise<void> {
  return new Promise((resolve) => {
    socket.write(part, () => {
      resolve();
    });
  });
}

const sources = ({ observations }: FakeService): string[] =>
  observations.splice(0).map(({ source }) => source);

describe('a stranger who names its own address in a header', () => {
  const service = useFakeService({ proxies: ELSEWHERE });
  const trusting = useFakeService({ proxies: LOOPBACK });
  const untrusting = useFakeService();

  it('is not believed: no proxy is trusted, or another one', async () => {
    for (const running of [service(), untrusting()]) {
      const headers = ['X-Forwarded-For: 198.51.100.1', 'Forwarded: for=198.51.100.1'];
      expect(await exchange(running.endpoints.publicUrl, [ask(headers)])).to.match(/^HTTP\/1\.1 /);
      expect(sources(running)).to.deep.equal(['127.0.0.1']);
    }
  });

  it('is the address that the trusted proxy appended, on both listeners and in every log line', async () => {
    const { publicUrl, adminUrl } = trusting().endpoints;
    const lines = ['X-Forwarded-For: 203.0.113.5', 'X-Forwarded-For: 198.51.100.1, 127.0.0.2'];
    await exchange(publicUrl, [ask(lines)]);
    await exchange(adminUrl, [ask(lines)]);
    expect(sources(trusting())).to.deep.equal(['198.51.100.1', '198.51.100.1']);
  });

  it('is distinguished from the next client on one connection', async () => {
    const first = ask(['X-Forwarded-For: 198.51.100.1'], 'keep-alive');
    const second = ask(['X-Forwarded-For: 198.51.100.2'], 'keep-alive');
    await exchange(trusting().endpoints.publicUrl, [first, second, ask()]);
    expect(sources(trusting())).to.deep.equal(['198.51.100.1', '198.51.100.2', '127.0.0.1']);
  });

  it('is not read on the sidecar listener, even from a trusted address', async () => {
    const { sidecarUrl = '' } = trusting().endpoints;
    await exchange(sidecarUrl, [ask(['X-Forwarded-For: 198.51.100.1'])]);
    expect(sources(trusting())).to.deep.equal(['127.0.0.1']);
  });
});

describe('a listener that requires the PROXY protocol', () => {
  const required = useFakeService({
    proxies: LOOPBACK,
    proxyProtocol: 'required',
    timeouts: TIMEOUTS,
  });
  const elsewhere = useFakeService({ proxies: ELSEWHERE, proxyProtocol: 'required' });
  const url = (): string => required().endpoints.publicUrl;

  it('takes the address from the header, of either version, on both listeners', async () => {
    const { adminUrl } = required().endpoints;
    for (const header of [v1('198.51.100.1'), v2('198.51.100.1')]) {
      expect(await exchange(url(), [header, ask()])).to.match(/^HTTP\/1\.1 /);
      expect(await exchange(adminUrl, [header, ask()])).to.match(/^HTTP\/1\.1 /);
    }
    expect(sources(required())).to.deep.equal(Array<string>(4).fill('198.51.100.1'));
  });

  it('serves what comes in the packet of the header, behind it, and byte by byte', async () => {
    const header = v2('2001:db8::7', { tlvs: Buffer.alloc(40) });
    const request = Buffer.from(ask());
    const whole = Buffer.concat([header, request]);
    const cuts = [[whole], [whole.subarray(0, 5), whole.subarray(5)], [header, request]];
    cuts.push(Array.from(whole.subarray(0, header.length + 30), (byte) => Buffer.from([byte])));
    cuts.at(-1)?.push(whole.subarray(header.length + 30));
    for (const parts of cuts) {
      const answer = await exchange(url(), parts);
      expect(answer).to.match(/^HTTP\/1\.1 (?!400)/);
      expect(sources(required())).to.deep.equal(['2001:db8::7']);
    }
  });

  it('serves further requests and a body in pieces on one connection', async () => {
    const keep = ask([], 'keep-alive');
    const large = ask(
      [],
      'close',
      JSON.stringify({ resource: 'stripe', reason: 'x'.repeat(60_000) }),
    );
    const parts = [v1('198.51.100.1') + keep, keep.slice(0, 50), keep.slice(50), large];
    const answer = await exchange(url(), parts);
    expect(answer.match(/HTTP\/1\.1 /g)).to.have.length(3);
    expect(sources(required())).to.deep.equal(Array<string>(3).fill('198.51.100.1'));
  });

  it("takes the proxy's own connection for the proxy's, and believes no header on it", async () => {
    const forged = ask(['X-Forwarded-For: 198.51.100.9']);
    await exchange(url(), [LOCAL, forged]);
    await exchange(url(), ['PROXY UNKNOWN\r\n', forged]);
    expect(sources(required())).to.deep.equal(['127.0.0.1', '127.0.0.1']);
  });

  it('reads a header behind it only if the client it names is a trusted proxy', async () => {
    const headers = ['X-Forwarded-For: 198.51.100.9'];
    await exchange(url(), [v1('198.51.100.1'), ask(headers)]);
    await exchange(url(), [v1('127.0.0.9'), ask(headers)]);
    expect(sources(required())).to.deep.equal(['198.51.100.1', '198.51.100.9']);
  });

  const refused: Record<string, readonly (string | Buffer)[]> = {
    'HTTP without a header': [ask()],
    'a malformed header': ['PROXY TCP4 localhost 127.0.0.1 1 2\r\n', ask()],
    'a line that never ends': [`PROXY TCP4 ${' '.repeat(200)}`],
    'a binary header longer than any': [
      Buffer.concat([LOCAL.subarray(0, 14), Buffer.from([0xff, 0xff])]),
    ],
    TLS: [Buffer.from('16030100c8010000c40303', 'hex')],
    'two headers': [v1('198.51.100.1'), v1('198.51.100.2'), ask()],
  };
  for (const [what, parts] of Object.entries(refused)) {
    it(`serves nothing to ${what}`, async () => {
      const answer = await exchange(url(), parts);
      expect(answer).to.match(what === 'two headers' ? /^HTTP\/1\.1 400 / : /^$/);
      expect(required().operations.seen).to.deep.equal([]);
      expect(sources(required())).to.deep.equal([]);
    });
  }

  it('closes a connection with a header that is late or never ends', async () => {
    expect(await exchange(url(), [])).to.equal('');
    expect(await exchange(url(), [v2('198.51.100.1').subarray(0, 20)])).to.equal('');
  });

  it('still has deadlines for what comes behind the header', async () => {
    expect(
      await exchange(url(), [v1('198.51.100.1'), 'POST /token HTTP/1.1\r\nHost: x\r\n']),
    ).to.match(/^HTTP\/1\.1 408 /);
  });

  it('takes connections from trusted proxies alone: others are closed, header or not', async () => {
    const { publicUrl } = elsewhere().endpoints;
    expect(await exchange(publicUrl, [v1('198.51.100.1') + ask()])).to.equal('');
    expect(await exchange(publicUrl, [ask()])).to.equal('');
    expect(sources(elsewhere())).to.deep.equal([]);
  });

  it('survives connections that are cut at any point', async () => {
    const { hostname, port } = new URL(url());
    const bytes = Buffer.concat([v2('198.51.100.1'), Buffer.from(ask())]);
    for (const length of [0, 1, 16, 27, 28, 40]) {
      const socket: Socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      if (length > 0) await written(socket, bytes.subarray(0, length));
      socket.resetAndDestroy();
      await once(socket, 'close');
    }
    expect(await exchange(url(), [bytes])).to.match(/^HTTP\/1\.1 /);
  });
});

describe('the end of a listener that requires the PROXY protocol', () => {
  it('does not wait for connections that never sent a header', async () => {
    const service = await startFakeService({ proxies: LOOPBACK, proxyProtocol: 'required' });
    const { hostname, port } = new URL(service.endpoints.publicUrl);
    const socket = connect(Number(port), hostname);
    const closed = once(socket, 'close');
    await once(socket, 'connect');
    socket.resume();
    const relayed = exchange(service.endpoints.publicUrl, [v1('198.51.100.1'), ask()]);
    expect(await relayed).to.match(/^HTTP\/1\.1 /);
    await service.close();
    await closed;
  });
});

describe('a listener without the PROXY protocol', () => {
  const service = useFakeService({ proxies: LOOPBACK });

  it('takes a header for what it is: no HTTP', async () => {
    const { publicUrl } = service().endpoints;
    for (const header of [v1('198.51.100.1'), v2('198.51.100.1')]) {
      expect(await exchange(publicUrl, [header, ask()])).to.match(/^HTTP\/1\.1 400 /);
    }
    expect(service().operations.seen).to.deep.equal([]);
  });
});
