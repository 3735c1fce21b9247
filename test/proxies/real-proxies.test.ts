import { expect } from 'chai';
import { Agent, request } from 'undici';
import { mintSecret } from '../../src/registry/secret.js';
import { basicOf } from '../support/http.js';
import { until } from '../support/episode.js';
import { startFakeService, type FakeOptions, type FakeService } from '../support/http-listeners.js';
import { startHaproxy, startNginx, type ProxyProcess } from '../support/proxy-process.js';
import { freePort, startRedis, type TestRedis } from '../support/redis.js';
import { startService, type TestService } from '../support/service.js';

/** Where the proxies connect from; clients have other addresses of this machine. */
const PROXY = '127.0.0.2';
const STRANGER = '127.0.0.66';
const HONEST = '127.0.0.77';
const TRUST = { trustedProxies: [PROXY], forwardedHeader: 'x-forwarded-for' } as const;

interface Client {
  readonly from: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly basic?: readonly [string, string];
}

/** A token request over a separate connection, from one of this machine's addresses; resolves to the status. */
async function ask(port: number, { from, headers, basic }: Client): Promise<number> {
  const dispatcher = new Agent({ localAddress: from });
  try {
    const { statusCode, body } = await request(`http://127.0.0.1:${String(port)}/token`, {
      dispatcher,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(basic === undefined ? {} : { authorization: basicOf(...basic) }),
        ...headers,
      },
      body: JSON.stringify({ resource: 'stripe', scope: 'read_invoices' }),
    });
    await body.dump();
    return statusCode;
  } finally {
    await dispatcher.close();
  }
}

const portOf = (url: string): number => Number(new URL(url).port);
const nginxFor = (port: number, upstream: number, headers: string): string => `server {
  listen 127.0.0.1:${String(port)};
  location / {
    proxy_pass http://127.0.0.1:${String(upstream)}; proxy_bind ${PROXY};
    proxy_set_header Host $host; ${headers}
  }
}`;
const haproxyFor = (port: number, upstream: number, mode: string, send: string): string => `
listen front${String(port)}
  mode ${mode}
  bind 127.0.0.1:${String(port)}
  server countersign 127.0.0.1:${String(upstream)} source ${PROXY} ${send}`;

describe('behind real proxies', function () {
  this.timeout(60_000);
  const forged = { 'x-forwarded-for': '198.51.100.1', forwarded: 'for=198.51.100.1' };

  /** The sources of one request through a proxy, without a header of the client's own and with one. */
  async function seen(
    options: FakeOptions,
    proxy: (port: number, upstream: number) => Promise<ProxyProcess>,
  ): Promise<string[]> {
    const service: FakeService = await startFakeService(options);
    const port = await freePort();
    const running = await proxy(port, portOf(service.endpoints.publicUrl));
    try {
      service.observations.length = 0;
      await ask(port, { from: STRANGER });
      await ask(port, { from: HONEST, headers: forged });
      return service.observations.map(({ source }) => source);
    } finally {
      await running.stop();
      await service.close();
    }
  }

  it('nginx, X-Forwarded-For: the client, whatever it says of itself', async () => {
    const header = 'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;';
    const sources = await seen({ proxies: TRUST }, (port, upstream) =>
      startNginx(nginxFor(port, upstream, header), port),
    );
    expect(sources).to.deep.equal([STRANGER, HONEST]);
  });

  it('nginx that is not trusted: the proxy', async () => {
    const header = 'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;';
    const sources = await seen({}, (port, upstream) =>
      startNginx(nginxFor(port, upstream, header), port),
    );
    expect(sources).to.deep.equal([PROXY, PROXY]);
  });

  it('HAProxy, Forwarded', async () => {
    const proxies = { ...TRUST, forwardedHeader: 'forwarded' } as const;
    const rule = '\n  http-request add-header Forwarded "for=%[src];proto=http"';
    const sources = await seen({ proxies }, (port, upstream) =>
      startHaproxy(haproxyFor(port, upstream, 'http', rule), port),
    );
    expect(sources).to.deep.equal([STRANGER, HONEST]);
  });

  for (const send of ['send-proxy', 'send-proxy-v2']) {
    it(`HAProxy, PROXY protocol, ${send}: with its own health checks`, async () => {
      const options = { proxies: TRUST, proxyProtocol: 'required' } as const;
      const sources = await seen(options, (port, upstream) =>
        startHaproxy(haproxyFor(port, upstream, 'tcp', `${send} check inter 20ms`), port),
      );
      expect(sources).to.deep.equal([STRANGER, HONEST]);
    });
  }

  it('HAProxy to nginx, PROXY protocol and then a header: the client', async () => {
    const service = await startFakeService({ proxies: TRUST });
    const [port, middle] = [await freePort(), await freePort()];
    const header = 'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;';
    const realIp = `set_real_ip_from ${PROXY}; real_ip_header proxy_protocol;`;
    const upstream = portOf(service.endpoints.publicUrl);
    const http = nginxFor(middle, upstream, header).replace(';', ` proxy_protocol; ${realIp}`);
    const nginx = await startNginx(http, middle);
    const haproxy = await startHaproxy(haproxyFor(port, middle, 'tcp', 'send-proxy-v2'), port);
    try {
      service.observations.length = 0;
      await ask(port, { from: STRANGER, headers: forged });
      expect(service.observations.map(({ source }) => source)).to.deep.equal([STRANGER]);
    } finally {
      await haproxy.stop();
      await nginx.stop();
      await service.close();
    }
  });
});

describe('the service behind nginx, which a stranger floods', function () {
  this.timeout(120_000);
  let redis: TestRedis;
  let service: TestService;
  let nginx: ProxyProcess;
  let port: number;
  before(async () => {
    redis = await startRedis();
    const overrides = { 'listeners.trusted_proxies': [PROXY] };
    service = await startService({ redisUrl: redis.url, overrides });
    port = await freePort();
    const header = 'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;';
    nginx = await startNginx(nginxFor(port, portOf(service.publicUrl), header), port);
  });
  after(async () => {
    await nginx.stop();
    await service.close();
    await redis.stop();
  });

  it('brakes the stranger by its own address, and leaves every other client alone', async () => {
    const guess = (from: string): Promise<number> =>
      ask(port, { from, basic: [service.agent[0], mintSecret('agent').secret] });
    const statuses: number[] = [];
    await until('the stranger is braked', async () => {
      statuses.push(await guess(STRANGER));
      return statuses.at(-1) === 429;
    });
    expect(statuses.slice(0, 10)).to.deep.equal(Array<number>(10).fill(401));
    expect(await guess(HONEST), "another client's mistake is its first").to.equal(401);
    expect(await ask(port, { from: HONEST, basic: service.agent })).to.equal(200);
    expect(
      service.log.filter((line) => line.includes(`"source":"${STRANGER}"`)),
    ).to.not.have.length(0);
  });
});
