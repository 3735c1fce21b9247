import { expect } from 'chai';
import { mintSecret } from '../../../src/registry/secret.js';
import type { Answer } from '../../support/http.js';
import { bytesOf, expectError, tokenAsk, tokenOf } from '../table/asks.js';
import { accessEvents, streamEvents } from '../table/stream-events.js';
import {
  registerAgent,
  registerResourceServer,
  useTableService,
  type Client,
} from '../table/table-service.js';
import { asker, contextOf, decisionOf, decisionsOf, question, type Asked } from './questions.js';

const DECISION = /dec_\d+_[0-9a-z]{26}/g;
/** The shard in that id has one digit or two; it follows from the id that was asked about alone. */
const LENGTH = /"content-length","\d+"/g;
const headers = { 'x-request-id': 'one-and-the-same' };
const STRIPE = [{ resource: 'stripe', scopes: ['read_invoices', 'export_all'] }];
const LOOSE = { per_minute: 1_000_000, burst: 1_000_000 };

describe('attacks on access evaluation', () => {
  const table = useTableService();
  const ask = (asked: Asked, as?: Client): Promise<Answer> =>
    asker(table(), as).one(question(asked), { headers });
  const bytes = (answer: Answer): string => bytesOf(answer, DECISION, LENGTH);
  const eventOf = async (answer: Answer) => {
    const id = contextOf(answer)['decision_id'];
    return (await streamEvents(table().redis)).find((event) => event.decision_id === id);
  };

  it('to a resource server every no is one answer byte for byte: unknown, denied, honey, stopped, not its own', async () => {
    const { http } = table().service;
    await registerAgent(http, { id: 'known', grants: STRIPE });
    await registerAgent(http, { id: 'stopped', grants: STRIPE });
    const json = { status: 'quarantined', reason: 'test' };
    await http.admin('POST', '/admin/v1/agents/stopped/status', { json });
    const server = await registerResourceServer(http, 'stripe-only', ['stripe']);
    const ordinary = await ask({ agent: 'known', scope: 'write_invoices' }, server);
    const others: Readonly<Record<string, Asked>> = {
      'an agent that does not exist': { agent: 'unknown' },
      'an id no agent can have': { agent: 'No Agent!' },
      'a very long id': { agent: 'x'.repeat(20_000) },
      'an id of another language': { agent: '漢字 😀' },
      'a quarantined agent': { agent: 'stopped' },
      'a honey scope': { agent: 'known', scope: 'export_all' },
      'a scope that is not well-formed': { agent: 'known', scope: 'read invoices' },
      'a very long scope': { agent: 'known', scope: 'y'.repeat(20_000) },
      'no scope': { agent: 'known', scope: '' },
      'a resource of another server': {
        agent: 'demo-agent',
        resource: 'research-api',
        scope: 'search',
      },
      'its audience': {
        ...{ agent: 'demo-agent', scope: 'search' },
        resource: 'https://research-api.demo',
      },
      'a resource that does not exist': { agent: 'known', resource: 'nobody' },
      'a very long resource': { agent: 'known', resource: `https://x/${'z'.repeat(20_000)}` },
      'names from a prototype': { agent: '__proto__', scope: 'constructor', resource: 'toString' },
    };
    for (const [name, asked] of Object.entries(others)) {
      const answer = await ask(asked, server);
      expect(decisionOf(answer), name).to.equal(false);
      expect(bytes(answer), name).to.equal(bytes(ordinary));
    }
    expect(decisionOf(await ask({ agent: 'known' }, server))).to.equal(true);
  });

  it('the decision’s id has the shard an agent of that id has or would have', async () => {
    const shardOf = async (agent: string) =>
      String(contextOf(await ask({ agent, scope: 'no' }))['decision_id']).split('_')[1];
    const before = await shardOf('to-be-made');
    await registerAgent(table().service.http, { id: 'to-be-made', grants: STRIPE });
    expect(await shardOf('to-be-made')).to.equal(before);
  });

  it('a question about another agent gets the answer for an unknown agent, and the record names both agents', async () => {
    const { http, agent } = table().service;
    await registerAgent(http, { id: 'neighbour', grants: STRIPE });
    const neighbour = await ask({ agent: 'neighbour' }, agent);
    expect(bytes(neighbour)).to.equal(bytes(await ask({ agent: 'nobody-there' }, agent)));
    expect(decisionOf(neighbour)).to.equal(false);
    expect(contextOf(neighbour)).to.have.all.keys('decision_id');
    expect(await eventOf(neighbour)).to.deep.include({
      principal: { kind: 'agent', id: agent[0] },
      agent_id: agent[0],
      codes: ['subject_not_caller'],
      detail: { api: 'authzen', answer: false, subject: 'neighbour' },
    });
  });

  it('what a stranger’s question keeps on the record is bounded', async () => {
    const long = 'x'.repeat(10_000);
    const answer = await ask({ agent: long, scope: long, resource: `https://${long}` });
    const event = await eventOf(answer);
    expect(event).to.deep.include({ codes: ['scope_malformed'] });
    expect(JSON.stringify(event).length).to.be.lessThan(600);
  });

  it('a resource server cannot vouch for an agent: its properties and its claims grant nothing', async () => {
    const json = {
      ...question({ scope: 'write_invoices' }),
      subject: {
        ...{ type: 'agent', id: 'demo-agent' },
        properties: { roles: ['admin'], grants: [{ resource: '*', scopes: ['*'] }] },
      },
      context: { user_id: 'root', reason: 'approved', approval: true, grants: ['*'] },
      ...{ decision: true, agent_id: 'other', scope: 'read_invoices' },
    };
    expect(decisionOf(await asker(table()).one(json))).to.equal(false);
  });

  it('a type is part of the name: an agent’s id under another type is unknown', async () => {
    const whole = question();
    const typed = (subject: string, resource: string) => ({
      ...whole,
      subject: { type: subject, id: 'demo-agent' },
      resource: { type: resource, id: 'stripe' },
    });
    const types = ['user', 'Agent', 'agent ', '', '__proto__'];
    for (const type of types) {
      expect(decisionOf(await asker(table()).one(typed(type, 'resource')))).to.equal(false);
      expect(decisionOf(await asker(table()).one(typed('agent', type)))).to.equal(false);
    }
  });

  it('bad credentials for any claimed client are 401, and no record is read', async () => {
    const before = (await streamEvents(table().redis)).length;
    const { agent, resourceServer } = table().service;
    const strangers: readonly Client[] = [
      [resourceServer[0], mintSecret('resource_server').secret],
      [agent[0], mintSecret('agent').secret],
      [resourceServer[0], agent[1]],
      [agent[0], resourceServer[1]],
      [resourceServer[0], mintSecret('admin').secret],
      ['nobody', mintSecret('resource_server').secret],
    ];
    for (const stranger of strangers) {
      for (const answer of [
        await asker(table(), stranger).one(question()),
        await asker(table(), stranger).many({ ...question(), evaluations: [{}] }),
      ]) {
        expectError(answer, 'json', 401, 'invalid_client');
      }
    }
    expect(await streamEvents(table().redis)).to.have.length(before);
  });

  it('a disabled resource server is refused at once, and so is one that lost its resource', async () => {
    const { http } = table().service;
    const server = await registerResourceServer(http, 'leaving', ['stripe']);
    expect(decisionOf(await ask({}, server))).to.equal(true);
    expect((await http.admin('DELETE', '/admin/v1/resource-servers/leaving')).status).to.equal(204);
    expect((await ask({}, server)).status).to.equal(401);
  });

  it('a resource server’s questions cost the agent nothing: its budget, its signals and its denials are as they were', async () => {
    const { http } = table().service;
    const rate = { per_minute: 1, burst: 2, resource_per_minute: 1, resource_burst: 2 };
    const client = await registerAgent(http, { id: 'untouched', grants: STRIPE, rate });
    const left = (answer: Answer) => answer.headers['ratelimit-remaining'];
    for (let round = 0; round < 40; round++) {
      await ask({ agent: 'untouched', scope: round % 2 === 0 ? 'read_invoices' : 'no' });
    }
    const first = await http.send('POST', '/token', tokenAsk('json', client));
    tokenOf(first);
    expect(left(first)).to.equal('1');
    expect(decisionOf(await ask({ agent: 'untouched' }))).to.equal(true);
    const second = await http.send('POST', '/token', tokenAsk('json', client));
    tokenOf(second);
    // With its budget used up it may still be asked about: the budget is of token requests.
    expectError(
      await http.send('POST', '/token', tokenAsk('json', client)),
      'json',
      429,
      'slow_down',
    );
    expect(decisionOf(await ask({ agent: 'untouched' }))).to.equal(true);
  });

  it('nothing is issued: one honey scope raises its alarm, and no more, as in a token request', async () => {
    const { http } = table().service;
    const client = await registerAgent(http, { id: 'curious', grants: STRIPE });
    const answer = await ask({ agent: 'curious', scope: 'export_all' }, client);
    const ordinary = await ask({ agent: 'curious', scope: 'erase_all' }, client);
    expect(bytes(answer)).to.equal(bytes(ordinary));
    expect(await eventOf(answer)).to.deep.include({ alarms: ['honey_scope: export_all'] });
    expect(await accessEvents(table().redis, 'curious')).to.deep.equal([]);
    const record = await http.admin('GET', '/admin/v1/agents/curious');
    expect(record.json()).to.include({ status: 'active' });
  });

  it('an agent may ask about itself as often as its rate allows, and then waits: no free oracle', async () => {
    const { http } = table().service;
    const rate = { ...LOOSE, per_minute: 60, burst: 5 };
    const client = await registerAgent(http, { id: 'prober', grants: STRIPE, rate });
    const evaluations = Array.from({ length: 50 }, () => ({}));
    const batch = { ...question({ agent: 'prober' }), evaluations };
    expect(decisionsOf(await asker(table(), client).many(batch))).not.to.include(false);
    const before = (await streamEvents(table().redis)).length;
    for (let round = 0; round < 5; round++) {
      const limited = await asker(table(), client).many(batch);
      expectError(limited, 'json', 429, 'slow_down');
      expect(Number(limited.headers['retry-after'])).to.be.within(30, 50);
    }
    // The refusals of a minute are one event, and nothing was evaluated.
    const events = await streamEvents(table().redis);
    expect(events).to.have.length(before + 1);
    const refusals = events.filter(({ type }) => type === 'access.refused');
    expect(refusals).to.have.length(1);
    expect(refusals[0]).to.deep.include({
      principal: { kind: 'agent', id: 'prober' },
      agent_id: 'prober',
      codes: ['evaluation_rate'],
      detail: { api: 'authzen', evaluations: 50 },
    });
    // Neither its tokens nor anybody else's questions about it wait for that.
    tokenOf(await http.send('POST', '/token', tokenAsk('json', client)));
    expect(decisionOf(await ask({ agent: 'prober' }))).to.equal(true);
  });
});
