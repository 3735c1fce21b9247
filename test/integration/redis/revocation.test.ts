import { expect } from 'chai';
import { jtiOf } from '../../support/episode.js';
import { startService } from '../../support/service.js';
import { useService } from '../../support/use-service.js';

const ERRAND = { session_id: 'S1', task_id: 'T1', user_id: 'U1' };

interface Granted {
  readonly token: string;
  readonly body: Record<string, unknown>;
}

describe('I2: revocation by every dimension', function () {
  this.timeout(60_000);
  const { service, redis } = useService();

  async function issue(members: object = ERRAND): Promise<Granted> {
    const answer = await service.http.sidecar('POST', '/token', {
      json: { resource: 'stripe', scope: 'read_invoices', ...members },
    });
    expect(answer.status, answer.text + service.log.slice(-3).join('\n')).to.equal(200);
    const body = answer.json();
    return { token: String(body['access_token']), body };
  }

  async function isActive(token: string): Promise<boolean> {
    const answer = await service.http.send('POST', '/introspect', {
      basic: service.resourceServer,
      form: { token },
    });
    expect(answer.status).to.equal(200);
    const body = answer.json();
    if (body['active'] !== true) expect(answer.text).to.equal('{"active":false}');
    return body['active'] === true;
  }

  async function revoke(by: string, value: string, more: object = {}): Promise<void> {
    const answer = await service.http.admin('POST', '/admin/v1/revocations', {
      json: { by, value, reason: 'test', ...more },
    });
    expect(answer.status, answer.text).to.equal(200);
    expect(answer.json()['state']).to.equal('done');
  }

  async function claims(token: string): Promise<Record<string, unknown>> {
    const answer = await service.http.send('POST', '/introspect', {
      basic: service.resourceServer,
      form: { token },
    });
    return answer.json();
  }

  const floors: [string, string][] = [
    ['agent', 'demo-agent'],
    ['session', 'S1'],
    ['task', 'T1'],
    ['user', 'U1'],
    ['resource', 'stripe'],
    ['all', '*'],
  ];
  for (const [by, value] of floors) {
    it(`by ${by} covers earlier tokens and no later ones`, async () => {
      const before = await issue();
      expect(await isActive(before.token)).to.equal(true);
      await revoke(by, value);
      expect(await isActive(before.token)).to.equal(false);
      const after = await issue();
      expect(await isActive(after.token)).to.equal(true);
    });

    it(`by ${by} with deny_until_lifted refuses new requests until it is lifted`, async () => {
      const before = await issue();
      await revoke(by, value, { deny_until_lifted: true });
      const denied = await service.http.sidecar('POST', '/token', {
        json: { resource: 'stripe', scope: 'read_invoices', ...ERRAND },
      });
      expect(denied.status).to.equal(403);
      expect(denied.json()['error']).to.equal('access_denied');
      const lifted = await service.http.admin('POST', '/admin/v1/revocations/lift', {
        json: { by, value, reason: 'over' },
      });
      expect(lifted.status, lifted.text).to.equal(200);
      expect(await isActive(before.token), 'what was revoked stays revoked').to.equal(false);
      const after = await issue();
      expect(await isActive(after.token)).to.equal(true);
    });
  }

  it('by session, task and user does not touch other sessions, tasks and users', async () => {
    const other = await issue({ session_id: 'S2', task_id: 'T2', user_id: 'U2' });
    await revoke('session', 'S1');
    await revoke('task', 'T1');
    await revoke('user', 'U1');
    expect(await isActive(other.token)).to.equal(true);
  });

  it('by token, given as the token itself or as its jti', async () => {
    const [byText, byId, other] = [await issue(), await issue(), await issue()];
    await revoke('token', byText.token);
    await revoke('token', jtiOf(byId.token));
    expect(await isActive(byText.token)).to.equal(false);
    expect(await isActive(byId.token)).to.equal(false);
    expect(await isActive(other.token)).to.equal(true);
  });

  it('by grant', async () => {
    const { token, body } = await issue();
    await revoke('grant', String(body['grant_id']));
    expect(await isActive(token)).to.equal(false);
  });

  it('by policy revision: its tokens are dead and it issues no more', async () => {
    const { token } = await issue();
    const revision = String((await claims(token))['policy_revision']);
    const own = await startService({
      redisUrl: redis.url,
      overrides: { 'redis.prefix': 'revision-test' },
    });
    try {
      const answer = await own.http.sidecar('POST', '/token', {
        json: { resource: 'stripe', scope: 'read_invoices' },
      });
      const issued = String(answer.json()['access_token']);
      const known = await own.http.admin('POST', '/admin/v1/revocations', {
        json: { by: 'policy_revision', value: revision, reason: 'bad policy' },
      });
      expect(known.json()).to.have.all.keys('state', 'rev_id');
      const unknown = await own.http.admin('POST', '/admin/v1/revocations', {
        json: { by: 'policy_revision', value: `${revision}-typo`, reason: 'bad policy' },
      });
      expect(unknown.status).to.equal(200);
      expect(unknown.json()).to.include({ state: 'done', matched: 'none' });
      const seen = await own.http.send('POST', '/introspect', {
        basic: own.resourceServer,
        form: { token: issued },
      });
      expect(seen.text).to.equal('{"active":false}');
      const again = await own.http.sidecar('POST', '/token', {
        json: { resource: 'stripe', scope: 'read_invoices' },
      });
      expect(again.status).to.equal(403);
    } finally {
      await own.close();
    }
  });

  it('by key: its tokens are dead at once, and another key signs', async () => {
    const { token } = await issue();
    const header = JSON.parse(
      Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8'),
    ) as { kid: string };
    await revoke('key', header.kid);
    expect(await isActive(token)).to.equal(false);
    const after = await issue();
    expect(await isActive(after.token)).to.equal(true);
    expect(after.token.split('.')[0]).to.not.equal(token.split('.')[0]);
  });

  it('holds on a second service from the moment it is acknowledged by the first', async () => {
    const second = await startService({ redisUrl: redis.url, dataDir: service.dataDir });
    try {
      for (let round = 0; round < 20; round++) {
        const { token } = await issue();
        const ask = { basic: second.resourceServer, form: { token } };
        expect((await second.http.send('POST', '/introspect', ask)).json()['active']).to.equal(
          true,
        );
        await revoke('agent', 'demo-agent');
        const after = await second.http.send('POST', '/introspect', ask);
        expect(after.text).to.equal('{"active":false}');
      }
    } finally {
      await second.close();
    }
  });

  it('of an agent that is disabled or quarantined cuts its tokens atomically', async () => {
    for (const status of ['disabled', 'quarantined']) {
      const { token } = await issue();
      const path = '/admin/v1/agents/demo-agent/status';
      await service.http.admin('POST', path, { json: { status, reason: 'test' } });
      expect(await isActive(token)).to.equal(false);
      const denied = await service.http.sidecar('POST', '/token', {
        json: { resource: 'stripe', scope: 'read_invoices' },
      });
      expect(denied.status).to.equal(status === 'disabled' ? 401 : 403);
      await service.http.admin('POST', path, { json: { status: 'active', reason: 'over' } });
      expect(await isActive(token), 'what was revoked stays revoked').to.equal(false);
      await issue();
    }
  });

  it('by its holder (RFC 7009), who cannot revoke what belongs to another', async () => {
    const { token } = await issue();
    const own = await service.http.send('POST', '/revoke', {
      basic: service.agent,
      form: { token },
    });
    expect(own.status).to.equal(200);
    expect(await isActive(token)).to.equal(false);
    const created = await service.http.admin('POST', '/admin/v1/agents', {
      json: { id: 'thief' },
    });
    const secret = (created.json()['secret'] as { secret: string }).secret;
    const foreign = await issue();
    const refused = await service.http.send('POST', '/revoke', {
      basic: ['thief', secret],
      form: { token: foreign.token },
    });
    expect([refused.status, refused.text]).to.deep.equal([200, '']);
    expect(await isActive(foreign.token)).to.equal(true);
    const unknown = await service.http.send('POST', '/revoke', {
      basic: service.agent,
      form: { token: 'nonsense' },
    });
    expect([unknown.status, unknown.text]).to.deep.equal([200, '']);
  });
});
