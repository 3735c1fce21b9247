import { expect } from 'chai';
import { connect } from 'node:net';
import { useFakeService } from '../../support/http-listeners.js';
import { rawExchange } from '../../support/raw-http.js';

const TIMEOUTS = { headersTimeoutMs: 100, requestTimeoutMs: 200, checkIntervalMs: 20 };

const HEAD = ['POST /token HTTP/1.1', 'Host: 127.0.0.1', 'Content-Type: application/json'];
const FRAMING: Readonly<Record<string, readonly [number, readonly string[]]>> = {
  'Content-Length and Transfer-Encoding together': [
    400,
    [...HEAD, 'Content-Length: 3', 'Transfer-Encoding: chunked', '', '0', '', ''],
  ],
  'two Content-Lengths': [400, [...HEAD, 'Content-Length: 1', 'Content-Length: 2', '', '{}']],
  'a Content-Length that is no number': [400, [...HEAD, 'Content-Length: +1', '', '{}']],
  'a bare line feed': [400, ['POST /token HTTP/1.1\nHost: x\nContent-Length : 1', '', 'a']],
  'no HTTP at all': [400, ['hello', '', '']],
  'no Host': [400, ['GET /healthz HTTP/1.1', 'Connection: close', '', '']],
  'headers over the limit': [431, [...HEAD, `X: ${'a'.repeat(20_000)}`, '', '']],
  'a head that never ends (slow loris)': [408, ['GET /healthz HTTP/1.1', 'Host: x', 'X-A: ']],
  'a body that never ends': [408, [...HEAD, 'Content-Length: 10', '', '{']],
};

describe('what never becomes a request', () => {
  const service = useFakeService({ timeouts: TIMEOUTS });

  for (const [name, [status, lines]] of Object.entries(FRAMING)) {
    it(`${String(status)} and the connection ends: ${name}`, async () => {
      const answer = await rawExchange(service().endpoints.publicUrl, lines);
      expect(answer).to.match(new RegExp(`^HTTP/1\\.1 ${String(status)} `));
      expect(answer).to.match(/\r\nConnection: close\r\n/i);
      expect(service().operations.seen).to.deep.equal([]);
    });
  }

  it('answers with a problem and a request id', async () => {
    const answer = await rawExchange(service().endpoints.publicUrl, ['hello', '', '']);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).to.include('Content-Type: application/problem+json');
    expect(head).to.match(/X-Request-Id: req_/);
    expect(JSON.parse(body)).to.include({ status: 400, error: 'invalid_request' });
  });

  it('refuses a target that is a whole URL, since Host would not be what is served', async () => {
    for (const url of [service().endpoints.publicUrl, service().endpoints.adminUrl]) {
      const lines = ['GET http://evil.example/healthz HTTP/1.1', `Host: ${new URL(url).host}`];
      const answer = await rawExchange(url, [...lines, 'Connection: close', '', '']);
      expect(answer).to.match(/^HTTP\/1\.1 4\d\d /);
    }
  });

  it('a body that the caller cuts off reaches no operation and gets no answer', async () => {
    const { endpoints, observations, operations, errors } = service();
    observations.length = 0;
    const { hostname, port } = new URL(endpoints.publicUrl);
    const socket = connect(Number(port), hostname);
    socket.write([...HEAD, 'Content-Length: 10', '', '{'].join('\r\n'), () => {
      socket.resetAndDestroy();
    });
    while (observations.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(observations[0]).to.include({ route: 'token', status: 400 });
    expect([operations.seen, errors]).to.deep.equal([[], []]);
  });

  it('continues to serve other connections', async () => {
    expect((await service().client.send('GET', '/healthz')).status).to.equal(200);
  });
});
