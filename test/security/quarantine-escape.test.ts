import { expect } from 'chai';
import { applyRegistry } from '../../src/use-cases/admin/apply-registry.js';
import type { AgentSpec } from '../../src/domain/records.js';
import { createKeys } from '../../src/redis/keys.js';
import { readScripts, ScriptRunner } from '../../src/redis/scripts.js';
import { createAgentStore } from '../../src/redis/stores/agent-store.js';
import { grantedToken, Quarantining } from '../support/quarantining.js';
import { LOAD_AGENT } from '../support/service.js';

const INACTIVE = '{"active":false}';

describe('a quarantined agent cannot end its quarantine', function () {
  this.timeout(60_000);
  let two: Quarantining;
  let held: string;
  beforeEach(async () => {
    two = await Quarantining.start();
    held = grantedToken(await two.ask('read_invoices'));
    expect((await two.ask('export_all')).status).to.equal(403);
  });
  afterEach(() => two.close());

  const status = async (): Promise<unknown> =>
    (await two.admin('GET', '/agents/demo-agent')).json()['status'];
  /** Still in, whatever was tried: nothing is granted on any node, and what was cut is dead. */
  const expectStopped = async (): Promise<void> => {
    expect(await status()).to.equal('quarantined');
    for (const node of [0, 1] as const) {
      expect((await two.ask('read_invoices', node)).status).to.equal(403);
    }
    expect(await two.introspected([held])).to.deep.equal([INACTIVE, INACTIVE]);
  };

  it('by authenticating again, in the other form, or as another session, task or user', async () => {
    const { http } = two.nodes[1];
    const form = { grant_type: 'client_credentials', resource: 'stripe', scope: 'read_invoices' };
    const answer = await http.send('POST', '/token', { basic: two.credential, form });
    expect(answer.status).to.equal(400);
    for (const more of [{ session_id: 'new' }, { task_id: 'new' }, { user_id: 'new' }]) {
      expect((await two.ask('read_invoices', 1, more)).status).to.equal(403);
    }
    await expectStopped();
  });

  it('by a secret that is created for it during the quarantine', async () => {
    const { secrets } = (await two.admin('GET', '/agents/demo-agent')).json();
    const [first] = secrets as { id: string }[];
    await two.admin('DELETE', `/agents/demo-agent/secrets/${first?.id ?? ''}`);
    const made = await two.admin('POST', '/agents/demo-agent/secrets');
    expect(made.status).to.equal(201);
    const basic = ['demo-agent', String(made.json()['secret'])] as const;
    const json = { resource: 'stripe', scope: 'read_invoices', ttl: 60 };
    for (const { http } of two.nodes) {
      expect((await http.send('POST', '/token', { basic, json })).status).to.equal(403);
    }
    expect(await status()).to.equal('quarantined');
    expect(await two.introspected([held])).to.deep.equal([INACTIVE, INACTIVE]);
  });

  it('by revoking its own token, nor by asking the access evaluation', async () => {
    const { http } = two.nodes[0];
    await http.send('POST', '/revoke', { basic: two.credential, form: { token: held } });
    const answer = await http.send('POST', '/access/v1/evaluation', {
      basic: two.credential,
      json: {
        subject: { type: 'agent', id: 'demo-agent' },
        action: { name: 'read_invoices' },
        resource: { type: 'resource', id: 'stripe' },
      },
    });
    expect(answer.json()['decision']).to.equal(false);
    await expectStopped();
  });

  it('by a change of its record, nor by the configuration file applied again', async () => {
    const { version, spec } = (await two.admin('GET', '/agents/demo-agent')).json();
    const json = { ...(spec as object), description: 'changed', version };
    expect((await two.admin('PUT', '/agents/demo-agent', json)).status).to.equal(200);
    const runner = new ScriptRunner(two.client, readScripts());
    const agents = createAgentStore({ runner, keys: createKeys('cs'), shards: 64 });
    const changed: AgentSpec = { ...LOAD_AGENT, description: 'changed in the file' };
    const written = await applyRegistry(
      {
        agents,
        catalogue: {} as never,
        readRevision: () => Promise.resolve(''),
        writeRevision: () => Promise.resolve(),
        clock: { nowMs: () => Date.now() },
        warn: () => undefined,
      },
      { revision: 9, agents: [changed], resources: [], resource_servers: [] },
    );
    expect(written).to.equal(1);
    await expectStopped();
    const shown = (await two.admin('GET', '/agents/demo-agent')).json();
    expect(shown['quarantine']).to.include({ reason: 'trap' });
  });
});
