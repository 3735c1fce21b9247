import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { useOutboundProxy } from '../../../src/app/outbound-proxy.js';

const nothing = (): void => undefined;

describe('requests to other servers', function () {
  this.timeout(60_000);
  const before_ = getGlobalDispatcher();
  const tunnels: string[] = [];
  let target: Server;
  let proxy: Server;
  const portOf = (server: Server): string => String((server.address() as AddressInfo).port);
  const listening = async (server: Server): Promise<Server> => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };

  before(async () => {
    target = await listening(createServer((_, answer) => void answer.end('answered')));
    proxy = createServer();
    proxy.on('connect', (asked, socket) => {
      tunnels.push(asked.url ?? '');
      const outside = connect(Number(portOf(target)), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        outside.pipe(socket).pipe(outside);
      });
      outside.on('error', nothing);
      socket.on('error', nothing);
    });
    await listening(proxy);
  });
  beforeEach(() => tunnels.splice(0));
  afterEach(() => {
    setGlobalDispatcher(before_);
  });
  after(() => {
    for (const server of [proxy, target]) {
      server.closeAllConnections();
      server.close();
    }
  });

  /** Sets the variables, and returns the log. */
  async function use(env: Record<string, string>): Promise<string[]> {
    const lines: string[] = [];
    const add = (fields: object, message: string) =>
      void lines.push(JSON.stringify({ ...fields, message }));
    await useOutboundProxy({ debug: add, info: add, warn: add, error: add }, env);
    return lines;
  }
  const get = async (url: string): Promise<string> =>
    (await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(30_000) })).text();

  for (const name of ['HTTP_PROXY', 'http_proxy']) {
    it(`go through the proxy of ${name}, by the name that the proxy resolves`, async () => {
      const lines = await use({ [name]: `http://user:secret@127.0.0.1:${portOf(proxy)}` });
      expect(await get('http://hooks.test:8080/a')).to.equal('answered');
      expect(tunnels).to.deep.equal(['hooks.test:8080']);
      expect(lines.join())
        .to.include(`127.0.0.1:${portOf(proxy)}`)
        .and.not.include('secret');
    });
  }

  it('go directly to a host of NO_PROXY', async () => {
    await use({
      HTTP_PROXY: `http://127.0.0.1:${portOf(proxy)}`,
      NO_PROXY: 'other.test,127.0.0.1',
    });
    expect(await get(`http://127.0.0.1:${portOf(target)}/`)).to.equal('answered');
    expect(tunnels).to.deep.equal([]);
  });

  it('go directly without the variables, or with empty ones', async () => {
    expect(await use({ HTTP_PROXY: '', NO_PROXY: '*' })).to.deep.equal([]);
    expect(getGlobalDispatcher()).to.equal(before_);
  });

  it('are not sent past a proxy that cannot be reached', async () => {
    await use({ http_proxy: 'http://127.0.0.1:1' });
    const failed: unknown = await get(`http://127.0.0.1:${portOf(target)}/`).catch(
      (error: unknown) => error,
    );
    expect(failed).to.be.instanceOf(TypeError);
  });

  for (const value of ['socks5://127.0.0.1:1080', 'proxy:3128', 'nonsense']) {
    it(`refuse to start with a proxy that is no URL of http or https: ${value}`, async () => {
      const failed: unknown = await use({ HTTPS_PROXY: value }).catch((error: unknown) => error);
      expect(String(failed)).to.equal('Error: HTTPS_PROXY is no http or https URL');
    });
  }
});
