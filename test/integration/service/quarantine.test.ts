import { expect } from 'chai';
import { grantedToken, Quarantining } from '../../support/quarantining.js';

const INACTIVE = '{"active":false}';
const RELEASE = '/agents/demo-agent/release';

interface Signals {
  readonly profile: {
    readonly events: number;
    readonly terms: readonly { readonly name: string; readonly value: number }[];
  };
}

describe('quarantine by the policy', function () {
  this.timeout(60_000);
  let two: Quarantining;
  beforeEach(async () => {
    two = await Quarantining.start();
  });
  afterEach(() => two.close());

  const tokens = async (count: number): Promise<string[]> => {
    const asked = Array.from({ length: count }, (_, i) =>
      two.ask('read_invoices', i % 2 === 0 ? 0 : 1, { task_id: `t${String(i)}` }),
    );
    return (await Promise.all(asked)).map(grantedToken);
  };
  const signalsOf = async (id: string): Promise<Signals> =>
    (await two.admin('GET', `/agents/${id}/signals`)).json() as unknown as Signals;
  const agent = async (): Promise<Record<string, unknown>> =>
    (await two.admin('GET', '/agents/demo-agent')).json();

  it('is done when the request that caused it is answered: every token is inactive on every node', async () => {
    const held = await tokens(6);
    expect(new Set(await two.introspected(held))).not.to.include(INACTIVE);
    const answer = await two.ask('export_all');
    expect(answer.status).to.equal(403);
    expect(answer.text).not.to.match(/quarantin|anomaly/);
    expect(await two.introspected(held)).to.deep.equal(Array<string>(12).fill(INACTIVE));
    expect((await two.ask('read_invoices', 1)).status).to.equal(403);
  });

  it('says why, since when and by which decision, in the record and with the agent', async () => {
    const decision = String((await two.ask('export_all')).json()['decision_id']);
    const [event] = await two.statusEvents();
    expect(event).to.deep.include({
      principal: { kind: 'system', id: 'policy' },
      agent_id: 'demo-agent',
      decision_id: decision,
      detail: { status: 'quarantined', previous: 'active', reason: 'trap' },
    });
    // The demo's `export_all` is honey.
    expect(event?.['anomaly']).to.be.within(0.5, 1);
    expect(JSON.stringify(event?.['signals'])).to.include('"sentence":"honey: 1 in 60 min');
    const { status, quarantine } = await agent();
    expect(status).to.equal('quarantined');
    expect(quarantine).to.deep.include({
      reason: 'trap',
      by: { kind: 'system', id: 'policy' },
      decision_id: decision,
    });
    expect((quarantine as Record<string, unknown>)['since_ms']).to.be.a('number');
  });

  it('leaves no token of requests that raced with it', async () => {
    const racing = Array.from({ length: 40 }, (_, i) =>
      two.ask(i === 20 ? 'export_all' : 'read_invoices', i % 2 === 0 ? 0 : 1),
    );
    const answers = await Promise.all(racing);
    expect(answers[20]?.status).to.equal(403);
    const issued = answers.filter(({ status }) => status === 200).map(grantedToken);
    const others = answers.filter(({ status }) => status !== 200).map(({ status }) => status);
    expect(new Set(others)).to.deep.equal(new Set([403]));
    for (const text of await two.introspected(issued)) expect(text).to.equal(INACTIVE);
  });

  it('happens once, however many requests cause it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => two.ask('export_all', i % 2 === 0 ? 0 : 1)),
    );
    expect(answers.map(({ status }) => status)).to.deep.equal(Array<number>(12).fill(403));
    expect(await two.statusEvents()).to.have.length(1);
  });

  it('is lifted by a release, with a reason and once; what was cut stays dead', async () => {
    const held = await tokens(2);
    const reason = 'a false alarm';
    expect((await two.admin('POST', RELEASE, { reason })).status).to.equal(409);
    await two.ask('export_all');
    expect((await two.admin('POST', RELEASE, {})).status).to.equal(400);
    const released = await two.admin('POST', RELEASE, { reason });
    expect(released.status).to.equal(200);
    expect(released.json()).to.include({ status: 'active' }).and.not.to.have.key('quarantine');
    expect((await two.admin('POST', RELEASE, { reason })).status).to.equal(409);
    expect(await two.introspected(held)).to.deep.equal(Array<string>(4).fill(INACTIVE));
    const anew = grantedToken(await two.ask('read_invoices', 1));
    for (const text of await two.introspected([anew])) expect(text).to.include('"active":true');
    const events = await two.statusEvents();
    expect(events.at(-1)).to.deep.include({
      principal: { kind: 'admin', id: 'root' },
      detail: { status: 'active', previous: 'quarantined', reason, signals: 'settled' },
    });
  });

  for (const [signals, events, honey] of [
    ['settled', 4, 0],
    ['forgotten', 0, 0],
    ['kept', 4, 1],
  ] as const) {
    it(`after a release what the agent did is ${signals}`, async () => {
      await tokens(3);
      await two.ask('export_all');
      await two.admin('POST', RELEASE, { reason: 'fine', signals });
      const { profile } = await signalsOf('demo-agent');
      expect(profile.events).to.equal(events);
      const found = profile.terms.find(({ name }) => name === 'honey_60m');
      expect(found?.value ?? 0).to.equal(honey);
    });
  }
});

/** Refuses to quarantine until a key of this name is there. */
function refusing(file: string, source: string): string {
  if (file !== 'writeAgent-6.lua') return source;
  const guard = `if ARGV[4] == 'quarantined' and redis.call('EXISTS', KEYS[6] .. 'x') == 0 then
  return redis.error_reply('ERR test')
end
`;
  return source.replace('local version = redis', `${guard}local version = redis`);
}

describe('a quarantine that cannot be written', function () {
  this.timeout(60_000);

  it('denies the request with 503, grants nothing and is done by the next one', async () => {
    const two = await Quarantining.start(refusing);
    try {
      const answer = await two.ask('export_all');
      expect(answer.status).to.equal(503);
      expect(answer.text).not.to.include('access_token');
      expect((await two.admin('GET', '/agents/demo-agent')).json()['status']).to.equal('active');
      const [signals = ''] = await two.client.keys('cs:{s*}:signals:demo-agent');
      await two.client.set(`${signals}x`, '1');
      expect((await two.ask('export_all')).status).to.equal(403);
      expect(await two.statusEvents()).to.have.length(1);
    } finally {
      await two.close();
    }
  });
});
