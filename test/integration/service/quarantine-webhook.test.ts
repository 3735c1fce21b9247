import { expect } from 'chai';
import { Webhook } from 'standardwebhooks';
import { until } from '../../support/episode.js';
import { Quarantining } from '../../support/quarantining.js';
import { Receiver, SECRET, type Received } from '../worker/harness.js';

describe('a quarantine by the policy, delivered to a webhook', function () {
  this.timeout(60_000);
  const receiver = new Receiver();
  let two: Quarantining;
  before(async () => {
    const url = await receiver.listen();
    two = await Quarantining.start(undefined, {
      webhooks: [{ id: 'soc', url, secret_env: 'SOC_SECRET' }],
      env: { SOC_SECRET: SECRET },
    });
  });
  after(async () => {
    await two.close();
    receiver.close();
  });

  const told = (): Received[] =>
    receiver.received.filter(({ body }) => body.includes('"type":"agent.status_changed"'));

  it('is delivered once, signed, with who, why and by which decision', async () => {
    const decision = String((await two.ask('export_all')).json()['decision_id']);
    await until('it was told', () => told().length > 0);
    const [request] = told();
    const headers = request?.headers as Record<string, string>;
    const { data, type } = new Webhook(SECRET).verify(request?.body ?? '', headers) as {
      readonly type: string;
      readonly data: object;
    };
    expect(type).to.equal('agent.status_changed');
    expect(data).to.deep.include({
      agent_id: 'demo-agent',
      decision_id: decision,
      principal: { kind: 'system', id: 'policy' },
      detail: { status: 'quarantined', previous: 'active', reason: 'trap' },
    });
    const stranger = new Webhook(`whsec_${Buffer.alloc(24, 8).toString('base64')}`);
    expect(() => stranger.verify(request?.body ?? '', headers)).to.throw();

    await until('the worker knows that it arrived', async () => {
      const { items } = (await two.admin('GET', '/deliveries')).json();
      return (items as Record<string, unknown>[]).some(
        ({ id, state }) => id === headers['webhook-id'] && state === 'delivered',
      );
    });
    expect(told()).to.have.length(1);
  });

  it('is delivered again after a release and a new request; the release itself is not delivered', async () => {
    const released = await two.admin('POST', '/agents/demo-agent/release', { reason: 'test' });
    expect(released.status).to.equal(200);
    expect((await two.ask('export_all')).status).to.equal(403);
    await until('it was told again', () => told().length > 1);
    // The release would have been among them: all are made in the order of the record.
    await until('nothing is left to tell', async () => {
      const { items } = (await two.admin('GET', '/deliveries')).json();
      return (items as Record<string, unknown>[]).every(({ state }) => state === 'delivered');
    });
    const statuses = told().map(({ body }) => (/"status":"[a-z]+"/.exec(body) ?? [])[0]);
    expect(statuses).to.deep.equal(Array<string>(2).fill('"status":"quarantined"'));
    const ids = new Set(told().map(({ headers }) => headers['webhook-id']));
    expect(ids.size).to.equal(2);
  });
});
