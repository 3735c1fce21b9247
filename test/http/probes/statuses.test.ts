import { expect } from 'chai';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Ask } from '../../support/http.js';
import { startFakeService, useFakeService } from '../../support/http-listeners.js';

const PROBES = ['/healthz', '/readyz', '/metrics'];
/** As a probe calls a pod, a scraper a container, and a name that resolves to any of them. */
const FOREIGN_HOSTS = ['10.1.2.3:8487', '[fd00::7]:8487', 'countersign-0', 'evil.example'];
const OTHER_PATHS = ['/openapi.json', '/errors/not_found', '/jwks', '/v1/status'];
const ADMIN_PATHS = ['/admin/v1/agents', '/admin/v1/keys', '/metrics/', '/METRICS', '/nothing'];

describe('GET /healthz, /readyz and /metrics on the probes listener', () => {
  const service = useFakeService({ probes: true });
  const from = (host: string): Ask => ({ headers: { host } });

  for (const host of FOREIGN_HOSTS) {
    it(`200: with the Host ${host}, also for HEAD`, async () => {
      for (const path of PROBES) {
        const answer = await service().client.probes('GET', path, from(host));
        expect(answer.status, path).to.equal(200);
        const head = await service().client.probes('HEAD', path, from(host));
        expect([head.status, head.text], path).to.deep.equal([200, '']);
        expect(head.headers['content-length']).to.equal(answer.headers['content-length']);
      }
    });
  }

  it('200: HTTP/1.0 without a Host, as load balancers probe', async () => {
    const socket = connect(Number(new URL(service().endpoints.probesUrl ?? '').port), '127.0.0.1');
    let received = '';
    socket.setEncoding('utf8').on('data', (text: string) => (received += text));
    socket.write('GET /healthz HTTP/1.0\r\n\r\n');
    await once(socket, 'end');
    expect(received).to.match(/^HTTP\/1\.1 200 [\s\S]*\{"status":"ok"\}$/);
  });

  it('503: /readyz while a check fails', async () => {
    const checks = [{ name: 'redis', ok: false, detail: 'away', ms: 1 }];
    service().readiness = { ready: false, checks };
    const answer = await service().client.probes('GET', '/readyz', from('10.1.2.3:8487'));
    service().readiness = { ready: true, checks: [] };
    expect([answer.status, answer.json()]).to.deep.equal([503, { status: 'not_ready', checks }]);
  });

  it('404: every other path, with and without an admin token', async () => {
    for (const path of [...OTHER_PATHS, ...ADMIN_PATHS]) {
      const { adminToken } = service().endpoints;
      const headers = { authorization: `Bearer ${adminToken}` };
      expect((await service().client.probes('GET', path)).status, path).to.equal(404);
      expect((await service().client.probes('GET', path, { headers })).status, path).to.equal(404);
    }
    expect(service().operations.seen).to.deep.equal([]);
  });

  it('405: every method but GET and HEAD, on any path', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
      for (const path of [...PROBES, '/token', '/admin/v1/agents']) {
        const answer = await service().client.probes(method, path, from('10.1.2.3:8487'));
        expect(answer.status, `${method} ${path}`).to.equal(405);
        expect(answer.headers['allow']).to.equal('GET, HEAD');
      }
    }
    expect(service().operations.seen).to.deep.equal([]);
  });

  it('403: a browser; no answer has a CORS header', async () => {
    const browsers = [{ origin: 'http://evil.example' }, { origin: 'null' }];
    for (const headers of [...browsers, { 'sec-fetch-site': 'none' }, {}]) {
      const allowed = Object.keys(headers).length === 0;
      for (const path of PROBES) {
        const answer = await service().client.probes('GET', path, { headers });
        expect(answer.status).to.equal(allowed ? 200 : 403);
        expect(Object.keys(answer.headers).join(' ')).to.not.contain('access-control');
      }
    }
  });

  it('names the listener in what it observes', async () => {
    service().observations.length = 0;
    await service().client.probes('GET', '/healthz', from('10.1.2.3:8487'));
    const [seen] = service().observations;
    expect(seen).to.include({ listener: 'probes', route: 'health', status: 200 });
  });

  it('is off by default', async () => {
    const other = await startFakeService();
    expect(other.listeners.probes).to.equal(undefined);
    await other.close();
  });
});

describe('a foreign Host on the admin listener', () => {
  const bound = useFakeService({ adminHost: '0.0.0.0', allowedHosts: ['countersign-0'] });
  const loopback = useFakeService();
  const named = useFakeService({ adminHost: '127.1' }); // bound to 127.0.0.1

  for (const host of FOREIGN_HOSTS) {
    const headers = { host };
    const unknown = host !== 'countersign-0';

    it(`200: the three probes when it is not on loopback (${host})`, async () => {
      for (const path of PROBES) {
        const ask = { headers, adminToken: undefined };
        expect((await bound().client.admin('GET', path, ask)).status, path).to.equal(200);
        expect((await bound().client.admin('HEAD', path, ask)).status, path).to.equal(200);
      }
    });

    if (unknown) {
      it(`403: every other route when it is not on loopback (${host})`, async () => {
        for (const path of [...OTHER_PATHS, ...ADMIN_PATHS]) {
          const answer = await bound().client.admin('GET', path, { headers });
          expect([answer.status, answer.json()['error']], path).to.deep.equal([
            403,
            'host_not_allowed',
          ]);
        }
        for (const path of PROBES) {
          for (const method of ['POST', 'OPTIONS']) {
            const answer = await bound().client.admin(method, path, { headers });
            expect(answer.status, `${method} ${path}`).to.equal(403);
          }
        }
        expect(bound().operations.seen).to.deep.equal([]);
      });
    }

    it(`403: the probes too when it is on loopback, with the setting as hint (${host})`, async () => {
      for (const service of [loopback(), named()]) {
        for (const path of PROBES) {
          const answer = await service.client.admin('GET', path, { headers });
          expect(answer.status, path).to.equal(403);
          expect(answer.json()['hint']).to.contain('listeners.admin.allowed_hosts');
        }
      }
    });
  }

  it('200: every route under the name of the container in allowed_hosts', async () => {
    for (const host of ['countersign-0', 'COUNTERSIGN-0:8485']) {
      const answer = await bound().client.admin('GET', '/admin/v1/agents', { headers: { host } });
      expect(answer.status).to.equal(200);
    }
  });

  it('403: a browser reads no probe, also when it is not on loopback', async () => {
    for (const headers of [{ origin: 'http://evil.example' }, { 'sec-fetch-site': 'none' }]) {
      for (const path of PROBES) {
        expect((await bound().client.admin('GET', path, { headers })).status).to.equal(403);
      }
    }
  });

  it('403 on the sidecar listener: its setting as hint', async () => {
    const headers = { host: 'evil.example' };
    const answer = await loopback().client.sidecar('GET', '/healthz', { headers });
    expect(answer.status).to.equal(403);
    expect(answer.json()['hint']).to.contain('listeners.sidecar.allowed_hosts');
  });
});
