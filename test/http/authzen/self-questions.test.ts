import { expect } from 'chai';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import type { AuditEvent } from '../../../src/domain/audit.js';
import type { Answer } from '../../support/http.js';
import { streamEvents } from '../table/stream-events.js';
import { registerAgent, useTableService, type Client } from '../table/table-service.js';
import { asker, contextOf, decisionOf, decisionsOf, question } from './questions.js';

const STRIPE = [{ resource: 'stripe', scopes: ['read_invoices', 'read_customers'] }];
const HONEY = 'export_all';
const INACTIVE = '{"active":false}';

interface Profile {
  readonly events: number;
  readonly anomaly: number;
  readonly terms: readonly { readonly name: string; readonly value: number }[];
}

describe('an agent that asks about itself is counted as one that requests', function () {
  this.timeout(120_000);
  const table = useTableService();
  let agents = 0;
  const newAgent = (): Promise<Client> =>
    registerAgent(table().service.http, { id: `self-${String(agents++)}`, grants: STRIPE });

  const about = (client: Client, scope: string): Promise<Answer> =>
    asker(table(), client).one(question({ agent: client[0], scope }));
  const byServer = (agent: string, scope: string): Promise<Answer> =>
    asker(table()).one(question({ agent, scope }));
  const token = (basic: Client, scope: string): Promise<Answer> =>
    table().service.http.send('POST', '/token', { basic, json: { resource: 'stripe', scope } });
  const statusOf = async ([id]: Client): Promise<unknown> =>
    (await table().service.http.admin('GET', `/admin/v1/agents/${id}`)).json()['status'];
  const profileOf = async ([id]: Client): Promise<Profile> => {
    const shown = await table().service.http.admin('GET', `/admin/v1/agents/${id}/signals`);
    return shown.json()['profile'] as Profile;
  };
  const counts = (profile: Profile, ...names: string[]): number[] =>
    names.map((name) => profile.terms.find((term) => term.name === name)?.value ?? NaN);
  const eventsOf = async ([id]: Client): Promise<AuditEvent[]> =>
    (await streamEvents(table().redis)).filter((event) => event.agent_id === id);
  /** Every byte that is kept of the agent's behaviour: signals and request budgets. */
  const kept = async (id: string): Promise<Record<string, string>> => {
    const client = new Redis({ path: table().redis.socket });
    try {
      const signals = await client.keys(`cs:{s*}:signals:${id}`);
      const buckets = await client.keys(`cs:{s*}:bucket:${id}*`);
      const read = async (key: string): Promise<[string, string]> => [
        key,
        (await client.getBuffer(key))?.toString('hex') ?? '',
      ];
      return Object.fromEntries(await Promise.all([...signals, ...buckets].sort().map(read)));
    } finally {
      client.disconnect();
    }
  };

  it('40 honey questions about itself end as 40 honey token requests do: in quarantine, by the third', async () => {
    const [asks, requests] = [await newAgent(), await newAgent()];
    const held = String((await token(asks, 'read_invoices')).json()['access_token']);
    await token(requests, 'read_invoices');
    for (let round = 1; round <= 40; round++) {
      expect(decisionOf(await about(asks, HONEY))).to.equal(false);
      expect((await token(requests, HONEY)).status).to.equal(403);
      const expected = round < 3 ? 'active' : 'quarantined';
      expect(await statusOf(asks), String(round)).to.equal(expected);
      expect(await statusOf(requests), String(round)).to.equal(expected);
    }
    const { http, resourceServer: basic } = table().service;
    const shown = await http.send('POST', '/introspect', { basic, form: { token: held } });
    expect(shown.text).to.equal(INACTIVE);
    const [asked, requested] = [await profileOf(asks), await profileOf(requests)];
    expect(counts(asked, 'honey_60m')).to.deep.equal([40]);
    expect(counts(requested, 'honey_60m')).to.deep.equal([40]);
    expect(asked.events).to.equal(requested.events);
    const alarms = async (client: Client): Promise<number> =>
      (await eventsOf(client)).filter((event) => event.alarms !== undefined).length;
    expect(await alarms(asks))
      .to.equal(await alarms(requests))
      .and.to.equal(3);
    const quarantines = (await eventsOf(asks)).filter(
      ({ type }) => type === 'agent.status_changed',
    );
    expect(quarantines).to.have.length(1);
    expect(quarantines[0]).to.deep.include({ principal: { kind: 'system', id: 'policy' } });
  });

  it('the question that crosses the threshold quarantines before it is answered, and says no more than another no', async () => {
    const client = await newAgent();
    const held = String((await token(client, 'read_invoices')).json()['access_token']);
    await about(client, HONEY);
    await about(client, HONEY);
    const answer = await about(client, HONEY);
    const { http, resourceServer: basic } = table().service;
    const shown = await http.send('POST', '/introspect', { basic, form: { token: held } });
    expect(shown.text).to.equal(INACTIVE);
    expect(answer.text).not.to.match(/quarantin|anomaly|honey/);
    const id = contextOf(answer)['decision_id'];
    const events = (await eventsOf(client)).filter((event) => event.decision_id === id);
    expect(events.map(({ type }) => type)).to.deep.equal([
      'agent.status_changed',
      'policy.evaluated',
    ]);
    expect(events[1]?.detail).to.deep.equal({ api: 'authzen', answer: false, counted: 'denial' });
    expect(decisionOf(await about(client, 'read_invoices'))).to.equal(false);
    expect((await token(client, 'read_invoices')).status).to.equal(403);
  });

  it('350 scopes a minute, in batches: the counters of 350 token requests, and the denial of the next one', async () => {
    const [asks, requests] = [await newAgent(), await newAgent()];
    const scopes = Array.from({ length: 350 }, (_, i) => `probe_${String(i)}`);
    for (let at = 0; at < scopes.length; at += 50) {
      const evaluations = scopes.slice(at, at + 50).map((name) => ({ action: { name } }));
      const batch = { ...question({ agent: asks[0] }), evaluations };
      expect(decisionsOf(await asker(table(), asks).many(batch))).not.to.include(true);
    }
    for (const scope of scopes) expect((await token(requests, scope)).status).to.equal(403);
    const [asked, requested] = [await profileOf(asks), await profileOf(requests)];
    const terms = ['requests_10m', 'denials_60m', 'new_scopes_60m'];
    expect(counts(asked, ...terms)).to.deep.equal(counts(requested, ...terms));
    expect(counts(asked, 'requests_10m', 'denials_60m')).to.deep.equal([350, 350]);
    // A filter may take a new scope for one it has.
    expect(counts(asked, 'new_scopes_60m')[0]).to.be.within(340, 350);
    expect(asked.events).to.equal(350);
    // What it holds is refused to both, for what they did.
    for (const client of [asks, requests]) {
      const next = await token(client, 'read_invoices');
      expect(next.status).to.equal(403);
      expect(next.text).to.match(/too_many_new_scopes/);
    }
  });

  it('a question that is a yes counts as a request and not as a denial; a review is no denial either', async () => {
    const client = await registerAgent(table().service.http, {
      id: 'allowed-one',
      grants: [{ resource: 'stripe', scopes: ['read_invoices', 'create_refund'] }],
    });
    expect(decisionOf(await about(client, 'read_invoices'))).to.equal(true);
    expect(contextOf(await about(client, 'create_refund'))['review_required']).to.equal(true);
    const profile = await profileOf(client);
    expect(profile.events).to.equal(2);
    expect(counts(profile, 'denials_60m', 'new_scopes_60m')).to.deep.equal([0, 2]);
    const counted = (await eventsOf(client)).map(({ detail }) => detail?.['counted']);
    expect(counted.filter((one) => one !== undefined)).to.deep.equal(['request', 'request']);
  });

  it('asking first hides nothing: the score learns what a token request would teach it', async () => {
    const names = ['read_invoices', 'read_customers', 'write_invoices', 'a', 'b', 'c', 'd'];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 8 }),
        async (scopes) => {
          const [asks, requests] = [await newAgent(), await newAgent()];
          for (const scope of scopes) {
            await about(asks, scope);
            await token(requests, scope);
          }
          const asked = await profileOf(asks);
          const requested = await profileOf(requests);
          expect(asked.events).to.equal(requested.events);
          const of = ({ terms }: Profile): unknown =>
            terms.map(({ name, value }) => [name, value]).sort();
          // Windows that forget differ in how long ago it was.
          const whole = (terms: unknown): unknown =>
            (terms as [string, number][]).filter(([name]) => /denials|new_scopes|s_10m/.test(name));
          expect(whole(of(asked))).to.deep.equal(whole(of(requested)));
        },
      ),
      { numRuns: 15 },
    );
  });

  it('a scope asked about in a burst is new in the score of the token that follows', async () => {
    const client = await newAgent();
    for (let i = 0; i < 41; i++) await about(client, `probe_${String(i)}`);
    const answer = await token(client, 'read_customers');
    expect(answer.status).to.equal(403);
    expect(answer.text).to.match(/too_many_(?:new_scopes|denials)/);
  });

  it('spends none of the budgets of token requests', async () => {
    const rate = { per_minute: 1, burst: 2, resource_per_minute: 1, resource_burst: 2 };
    const client = await registerAgent(table().service.http, {
      id: 'frugal',
      grants: STRIPE,
      rate,
    });
    for (let i = 0; i < 10; i++)
      expect(decisionOf(await about(client, 'read_invoices'))).to.equal(true);
    expect(Object.keys(await kept('frugal'))).to.have.length(1);
    const first = await token(client, 'read_invoices');
    expect([first.status, first.headers['ratelimit-remaining']]).to.deep.equal([200, '1']);
    const before = await kept('frugal');
    await about(client, 'read_invoices');
    const after = await kept('frugal');
    const buckets = (all: Record<string, string>): [string, string][] =>
      Object.entries(all).filter(([key]) => key.includes(':bucket:'));
    expect(buckets(after)).to.deep.equal(buckets(before)).and.to.have.length(2);
  });

  it('a resource server cannot spend an agent: after 40 honey questions its signals and budgets are byte for byte equal', async () => {
    const client = await newAgent();
    const [id] = client;
    await token(client, 'read_invoices');
    const before = await kept(id);
    expect(Object.keys(before)).to.have.length(3);
    for (let i = 0; i < 40; i++) expect(decisionOf(await byServer(id, HONEY))).to.equal(false);
    const evaluations = Array.from({ length: 50 }, (_, i) => ({
      action: { name: `p_${String(i)}` },
    }));
    await asker(table()).many({ ...question({ agent: id }), evaluations });
    expect(await kept(id)).to.deep.equal(before);
    expect(await statusOf(client)).to.equal('active');
    const events = (await eventsOf(client)).filter(({ type }) => type === 'policy.evaluated');
    expect(events).to.have.length(90);
    const honey = events.filter(({ alarms = [] }) => alarms.some((one) => one.startsWith('honey')));
    expect(honey).to.have.length(40);
    for (const { detail } of events) expect(detail).not.to.have.property('counted');
  });

  it('one agent cannot spend another: a question about somebody else counts against neither', async () => {
    const [victim, attacker] = [await newAgent(), await newAgent()];
    await token(victim, 'read_invoices');
    await token(attacker, 'read_invoices');
    const before = [await kept(victim[0]), await kept(attacker[0])];
    for (let i = 0; i < 10; i++) {
      const about = question({ agent: victim[0], scope: HONEY });
      expect(decisionOf(await asker(table(), attacker).one(about))).to.equal(false);
    }
    expect([await kept(victim[0]), await kept(attacker[0])]).to.deep.equal(before);
  });
});
