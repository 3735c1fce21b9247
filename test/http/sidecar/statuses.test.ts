import { expect } from 'chai';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SIDECAR_AGENT, useFakeService } from '../../support/http-listeners.js';
import { startFakeService } from '../../support/http-listeners.js';

const PLAIN = { agent_id: SIDECAR_AGENT, resource: 'stripe', scope: 'read_invoices', ttl: 300 };

describe('POST /token on the sidecar listener', () => {
  const service = useFakeService();

  it('200: the plain request, with no credential, as the one agent', async () => {
    const answer = await service().client.sidecar('POST', '/token', { json: PLAIN });
    expect(answer.status).to.equal(200);
    expect(service().operations.last('authorize').arguments[1]).to.deep.equal({
      method: 'sidecar',
      clientId: SIDECAR_AGENT,
    });
  });

  it('400: an Authorization header', async () => {
    const ask = { json: PLAIN, basic: ['demo-agent', 'csk_demo'] as const };
    const answer = await service().client.sidecar('POST', '/token', ask);
    expect(answer.status).to.equal(400);
    expect(service().operations.seen).to.deep.equal([]);
  });

  for (const member of ['client_secret', 'client_assertion', 'client_assertion_type']) {
    it(`400: a ${member} in the body`, async () => {
      const json = { ...PLAIN, [member]: 'x' };
      const answer = await service().client.sidecar('POST', '/token', { json });
      expect(answer.status).to.equal(400);
      expect(service().operations.seen).to.deep.equal([]);
    });
  }

  it('415: a form', async () => {
    const answer = await service().client.sidecar('POST', '/token', { form: { a: 'b' } });
    expect(answer.status).to.equal(415);
    expect(answer.json()['detail']).to.equal('Send application/json.');
    expect(answer.json()['hint']).to.not.contain('form');
  });

  it('404: nothing else of the public or admin listener is served', async () => {
    for (const path of ['/introspect', '/revoke', '/admin/v1/agents', '/metrics']) {
      expect((await service().client.sidecar('POST', path)).status).to.equal(404);
    }
  });

  it('works over a unix socket that only its owner can use', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-'));
    const socket = join(folder, 'sidecar.sock');
    const other = await startFakeService({ sidecarSocket: socket });
    try {
      expect(statSync(socket).mode & 0o777).to.equal(0o600);
      const answer = await other.client.sidecar('POST', '/token', { json: PLAIN });
      expect(answer.status).to.equal(200);
    } finally {
      await other.close();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('what can reach loopback is not answered by the sidecar and admin listeners → 403', () => {
  const service = useFakeService({ allowedHosts: ['sidecar.internal'] });
  const ATTACKS = {
    'DNS rebinding: a foreign Host': { host: 'evil.example' },
    'a foreign Host with the right port': { host: 'evil.example:8485' },
    'loopback with another port': { host: '127.0.0.1:1' },
    'loopback without the port': { host: 'localhost' },
    'a name that begins like loopback': { host: '127.0.0.1.evil.example' },
    'a name that ends like loopback': { host: 'evil-localhost' },
    'any Origin': { origin: 'http://127.0.0.1' },
    'Origin null': { origin: 'null' },
    'Sec-Fetch-Site none': { 'sec-fetch-site': 'none' },
    'Sec-Fetch-Site same-origin': { 'sec-fetch-site': 'same-origin' },
  };

  for (const [name, headers] of Object.entries(ATTACKS)) {
    it(`refuses ${name}`, async () => {
      const { client, operations } = service();
      const answers = [
        await client.sidecar('POST', '/token', { json: PLAIN, headers }),
        await client.admin('GET', '/admin/v1/agents', { headers }),
        await client.admin('GET', '/metrics', { headers }),
        await client.admin('GET', '/nothing', { headers }),
      ];
      for (const answer of answers) {
        expect(answer.status).to.equal(403);
        expect(answer.json()['error']).to.equal('host_not_allowed');
      }
      expect(operations.seen).to.deep.equal([]);
    });
  }

  it('takes localhost, any 127.0.0.0/8 address and ::1 with its own port, and listed names', async () => {
    const { client, endpoints } = service();
    const port = new URL(endpoints.sidecarUrl ?? '').port;
    for (const host of ['localhost', 'LOCALHOST', '127.8.9.1', '[::1]']) {
      const headers = { host: `${host}:${port}` };
      expect((await client.sidecar('GET', '/healthz', { headers })).status).to.equal(200);
    }
    for (const host of ['sidecar.internal', 'sidecar.internal:1234']) {
      expect((await client.sidecar('GET', '/healthz', { headers: { host } })).status).to.equal(200);
    }
  });
});
