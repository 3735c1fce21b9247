import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';
import { until } from '../../support/episode.js';
import type { Answer } from '../../support/http.js';
import { startProcess, type CountersignProcess } from '../../support/process.js';
import { useService } from '../../support/use-service.js';
import { useFolder } from '../../support/use-started.js';
import { Receiver } from '../worker/harness.js';

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const WHO = { session_id: 's-1', task_id: 't-short', user_id: 'u-1' };

type Event = Readonly<Record<string, unknown>>;

describe('with the worker dead', function () {
  this.timeout(120_000);
  const receiver = new Receiver();
  const picky = new Receiver();
  const dataDir = useFolder();
  const { service, redis } = useService(() => ({ dataDir }));
  let worker: CountersignProcess | undefined;
  const revoked: string[] = [];
  let shortLived = '';
  const answers = { active: 0, inactive: 0 };

  after(async () => {
    worker?.kill('SIGKILL');
    await worker?.exited;
    receiver.close();
    picky.close();
  });

  async function issue(declared: object, ttl: number): Promise<string> {
    const answer = await service.http.sidecar('POST', '/token', {
      json: { resource: 'stripe', scope: 'read_invoices', ttl, ...declared },
    });
    expect(answer.status, answer.text).to.equal(200);
    return String(answer.json()['access_token']);
  }

  async function introspect(token: string): Promise<boolean> {
    const answer = await service.http.send('POST', '/introspect', {
      basic: service.resourceServer,
      form: { token },
    });
    expect(answer.status, answer.text).to.equal(200);
    return answer.json()['active'] === true;
  }

  const admin = (path: string, json: object): Promise<Answer> =>
    service.http.admin('POST', path, { json });

  async function query(filter: string): Promise<{ complete: unknown; items: readonly Event[] }> {
    const page = (await service.http.admin('GET', `/admin/v1/audit?limit=500&${filter}`)).json();
    expect(page['next_cursor'] ?? undefined, 'one page is enough').to.equal(undefined);
    return { complete: page['complete'], items: page['items'] as readonly Event[] };
  }

  it('the service issues, introspects and revokes', async () => {
    shortLived = await issue(WHO, 2);
    for (let i = 0; i < 3; i++) answers[(await introspect(shortLived)) ? 'active' : 'inactive']++;
    expect(answers.active).to.be.greaterThan(0);
    for (let i = 0; i < 5; i++) revoked.push(await issue({ task_id: 't-long' }, 300));
    for (const token of revoked) {
      expect(await introspect(token)).to.equal(true);
      const answer = await admin('/admin/v1/revocations', {
        by: 'token',
        value: token,
        reason: 'test',
      });
      expect(answer.status).to.equal(200);
      expect(await introspect(token)).to.equal(false);
    }
    const made = await admin('/admin/v1/agents', { id: 'suspect' });
    expect(made.status).to.equal(201);
    const quarantined = await admin('/admin/v1/agents/suspect/status', {
      status: 'quarantined',
      reason: 'odd requests',
    });
    expect(quarantined.status).to.equal(200);
  });

  it('a query of the record says that it is not complete', async () => {
    expect((await query('task=t-long')).complete).to.equal(false);
  });

  it('when it starts, everything arrives, each event once', async () => {
    worker = await startProcess({
      command: 'worker',
      dir: dataDir,
      adminToken: service.adminToken,
      config: {
        redis: { url: redis.url, command_timeout_ms: 2000 },
        data_dir: dataDir,
        webhooks: [
          { id: 'soc', url: await receiver.listen(), secret_env: 'SOC_SECRET' },
          {
            id: 'picky',
            url: await picky.listen(),
            secret_env: 'SOC_SECRET',
            events: ['agent.status_changed'],
          },
        ],
      },
      env: { SOC_SECRET: WEBHOOK_SECRET },
    });
    let items: readonly Event[] = [];
    await until('the record is complete', async () => {
      const page = await query('task=t-long');
      ({ items } = page);
      return page.complete === true && usesOf(items, 'inactive') === revoked.length;
    });
    expect(usesOf(items, 'active')).to.equal(revoked.length);
    const count = (type: string): number => items.filter((event) => event['type'] === type).length;
    expect(count('access.granted')).to.equal(revoked.length);
    expect(count('revocation.applied')).to.equal(revoked.length);
    const everything = (await query('')).items.map((event) => event['event_id']);
    expect(new Set(everything).size).to.equal(everything.length);
  });

  it('the expiry of a short-lived token is on record with who it was for and how often it was used', async () => {
    let expired: readonly Event[] = [];
    await until('the expiry is on record', async () => {
      expired = (await query('task=t-short&type=token.expired')).items;
      return expired.length > 0;
    });
    expect(expired).to.have.length(1);
    expect(expired[0]).to.deep.include({
      ...WHO,
      agent_id: 'demo-agent',
      resource: 'stripe',
      scopes_granted: ['read_invoices'],
      jti: claimOf(shortLived, 'jti'),
      grant_id: claimOf(shortLived, 'grant_id'),
    });
    expect((expired[0]?.['use'] as Event | undefined)?.['count']).to.equal(answers.active);
    const uses = (await query('task=t-short')).items;
    expect(usesOf(uses, 'active')).to.equal(answers.active);
    expect(await introspect(shortLived)).to.equal(false);
  });

  it('webhooks tell of each revocation and of the quarantine, signed, and each endpoint what it asked for', async () => {
    await until(
      'the webhooks came',
      () => receiver.received.length >= revoked.length + 1 && picky.received.length >= 1,
    );
    const verifier = new Webhook(WEBHOOK_SECRET);
    const told = receiver.received.map(({ headers, body }) => {
      const signed = headers as Record<string, string>;
      expect(() => verifier.verify(`${body} `, signed)).to.throw();
      return verifier.verify(body, signed) as { type: string; data: Event };
    });
    const revocations = told.filter(({ type }) => type === 'revocation.applied');
    expect(revocations.map(({ data }) => data['jti'])).to.have.members(
      revoked.map((token) => claimOf(token, 'jti')),
    );
    expect(told).to.have.length(revoked.length + 1);
    const [quarantine] = told.filter(({ type }) => type === 'agent.status_changed');
    expect(quarantine?.data).to.include({ agent_id: 'suspect' });
    expect(picky.received.map(({ body }) => (JSON.parse(body) as Event)['type'])).to.deep.equal([
      'agent.status_changed',
    ]);
    await until('every delivery is on record as delivered', async () => {
      const page = await service.http.admin('GET', '/admin/v1/deliveries?state=delivered');
      return (page.json()['items'] as unknown[]).length === revoked.length + 2;
    });
  });

  it('it ends cleanly on SIGTERM', async () => {
    worker?.kill('SIGTERM');
    expect(await worker?.exited).to.equal(0);
  });
});

function usesOf(events: readonly Event[], which: 'active' | 'inactive'): number {
  return events
    .filter(({ type }) => type === 'token.introspected')
    .reduce((sum, { detail }) => sum + Number((detail as Event)[which]), 0);
}

function claimOf(token: string, name: string): unknown {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  return (JSON.parse(payload) as Event)[name];
}
