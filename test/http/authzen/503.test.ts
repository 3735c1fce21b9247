import { expect } from 'chai';
import { Redis } from 'ioredis';
import { buildBundle } from '../../support/bundles/build.js';
import { until } from '../../support/episode.js';
import { expectError } from '../table/asks.js';
import { streamEvents } from '../table/stream-events.js';
import { registerAgent, useTableService } from '../table/table-service.js';
import { asker, decisionOf, decisionsOf, question } from './questions.js';

/** Decides by the scope: `throws` has two values at once, the others are as they say. */
const REGO = `
decision := decided(input.request.scopes[0])
granted(scope) := {
	"effect": "allow",
	"grant": {"scopes": [scope], "ttl_seconds": input.request.ttl_seconds},
	"reasons": [], "obligations": [],
}
decided(scope) := granted(scope) if not scope in {"none", "more", "jail"}
decided(scope) := {"effect": "deny", "reasons": [], "obligations": []} if scope == "throws"
decided(scope) := granted("other") if scope == "more"
decided(scope) := object.union(granted(scope), {"obligations": [{
	"id": "q", "type": "quarantine", "properties": {"reason": "test"},
}]}) if scope == "jail"
`;
const INTERNAL = /redis|socket|ECONN|OOM|lua|wasm|rego|conflict|engine|time(d )?out|\.ts/i;

function slowForOneAgent(file: string, source: string): string {
  if (file !== 'gatherSignals-7.lua') return source;
  const slow = "if KEYS[2]:find('slow', 1, true) then for i = 1, 1.5e8 do local _ = i end end\n";
  return source.replace('local agent = ', `${slow}local agent = `);
}

describe('access evaluation, the engine, the store or the time fails → 503', function () {
  this.timeout(60_000);
  const table = useTableService(() => ({
    overrides: {
      'policy.path': buildBundle({ rego: REGO }),
      'policy.admission.violations': 'warn',
      'request.deadline_ms': 250,
    },
    editScript: slowForOneAgent,
  }));
  const one = (scope: string, agent = 'demo-agent') =>
    asker(table()).one(question({ scope, agent }));
  const many = (...scopes: string[]) =>
    asker(table()).many({
      ...question(),
      evaluations: scopes.map((name) => ({ action: { name } })),
    });

  // What is cold takes long, and this is not about that.
  before(() => until('it is warm', async () => (await one('anything')).status === 200));

  it('an evaluation that throws is no answer at all, alone and among others; the next one works', async () => {
    expect(decisionOf(await one('anything'))).to.equal(true);
    for (const answer of [await one('throws'), await many('anything', 'throws', 'anything')]) {
      expectError(answer, 'json', 503, 'temporarily_unavailable');
      expect(answer.text).not.to.match(INTERNAL);
    }
    expect(decisionsOf(await many('anything', 'more'))).to.deep.equal([true, false]);
  });

  it('a policy that is undefined, or grants another scope, is a no', async () => {
    expect(decisionOf(await one('none'))).to.equal(false);
    expect(decisionOf(await one('more'))).to.equal(false);
  });

  it('an obligation to quarantine is a no that is on the record and not carried out', async () => {
    const { http } = table().service;
    await registerAgent(http, { id: 'suspect' });
    expect(decisionOf(await one('jail', 'suspect'))).to.equal(false);
    expect((await http.admin('GET', '/admin/v1/agents/suspect')).json()['status']).to.equal(
      'active',
    );
    const event = (await streamEvents(table().redis)).findLast(
      ({ agent_id: id }) => id === 'suspect',
    );
    expect(event?.detail).to.deep.equal({
      api: 'authzen',
      answer: false,
      not_done: ['quarantine'],
    });
  });

  it('past the deadline there is no yes, and no event of one', async () => {
    await registerAgent(table().service.http, { id: 'slow-one' });
    const before = await streamEvents(table().redis);
    const answer = await one('anything', 'slow-one');
    expectError(answer, 'json', 503, 'temporarily_unavailable');
    expect(await streamEvents(table().redis)).to.deep.equal(before);
  });

  it('a store that is full: what cannot be recorded is not answered, yes or no', async () => {
    const client = new Redis({ path: table().redis.socket });
    try {
      await client.config('SET', 'maxmemory', '1');
      for (const scope of ['anything', 'none', 'not a scope']) {
        const answer = await one(scope);
        expectError(answer, 'json', 503, 'temporarily_unavailable');
        expect(answer.text).not.to.match(INTERNAL);
      }
    } finally {
      await client.config('SET', 'maxmemory', '0');
      client.disconnect();
    }
  });
});

describe('access evaluation, Redis is away → 503', function () {
  this.timeout(60_000);
  const table = useTableService(() => ({ overrides: { 'redis.command_timeout_ms': 250 } }));

  it('stopped in the middle: 503 for every question, known or not; then as before', async () => {
    const ask = (agent: string) => asker(table()).one(question({ agent }));
    expect(decisionOf(await ask('demo-agent'))).to.equal(true);
    table().redis.pause();
    try {
      for (const agent of ['demo-agent', 'nobody']) {
        const answer = await ask(agent);
        expectError(answer, 'json', 503, 'temporarily_unavailable');
        expect(answer.text).not.to.match(INTERNAL);
      }
    } finally {
      table().redis.resume();
    }
    expect(decisionOf(await ask('demo-agent'))).to.equal(true);
  });
});
