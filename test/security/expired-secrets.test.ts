import { expect } from 'chai';
import { bytesOf, tokenAsk } from '../http/table/asks.js';
import { useTableService, type Client } from '../http/table/table-service.js';
import { agent, GOOD, digestOf, from, secret, workbench, WRONG } from '../unit/identity/fakes.js';
import { mintSecret } from '../../src/registry/secret.js';

describe('an expired client secret', () => {
  const EXPIRED = { id: 's1', sha256: digestOf(GOOD), created_at_ms: 0, expires_at_ms: 2_000_000 };

  async function attempt(text: string, atMs: number) {
    const { agents, authenticator, time, work } = workbench();
    agents.stored.set('a', agent('a', { secrets: [EXPIRED] }));
    time.ms = atMs;
    const given = secret('a', text);
    const outcome = await authenticator
      .authenticateAgent(given, undefined, from('192.0.2.1'))
      .then(({ spec }) => spec.id)
      .catch((error: unknown) => JSON.stringify(error));
    return { outcome, work, reads: agents.reads };
  }

  it('authenticates until its end, and nobody from then on', async () => {
    expect((await attempt(GOOD, 1_999_999)).outcome).to.equal('a');
    expect((await attempt(GOOD, 2_000_000)).outcome).not.to.equal('a');
  });

  it('gets the answer, and costs the work, of a wrong secret', async () => {
    expect(await attempt(GOOD, 2_000_000)).to.deep.equal(await attempt(WRONG, 2_000_000));
  });

  describe('over HTTP', () => {
    const table = useTableService();

    it('answers of the service are those for a wrong secret, byte for byte', async () => {
      const { http } = table().service;
      const made = await http.admin('POST', '/admin/v1/agents?secret_ttl_seconds=60', {
        json: { id: 'short', grants: [{ resource: 'stripe', scopes: ['read_invoices'] }] },
      });
      expect(made.status, made.text).to.equal(201);
      const created = made.json()['secret'] as { secret: string; expires_at_ms: number };
      const ask = (client: Client) =>
        http.send('POST', '/token', {
          ...tokenAsk('json', client),
          headers: { 'x-request-id': 'one-and-the-same' },
        });
      expect((await ask(['short', created.secret])).status).to.equal(200);
      const now = Date.now;
      try {
        Date.now = () => Math.max(now(), created.expires_at_ms);
        const expired = await ask(['short', created.secret]);
        const wrong = await ask(['short', mintSecret('agent').secret]);
        expect(expired.status).to.equal(401);
        expect(bytesOf(expired)).to.equal(bytesOf(wrong));
      } finally {
        Date.now = now;
      }
    });
  });
});
