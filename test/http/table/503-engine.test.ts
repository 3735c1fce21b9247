import { expect } from 'chai';
import { buildBundle } from '../../support/bundles/build.js';
import { CODECS, expectError, tokenAsk, tokenOf, type Codec } from './asks.js';
import { accessEvents, closeCounts, streamEvents } from './stream-events.js';
import { registerAgent, useTableService } from './table-service.js';

/** Decides by the first scope: `throws` has two values at once, `undefined` none, the others are as they say. */
const REGO = `
decision := decided(input.request.scopes[0])
granted(scope) := {
	"effect": "allow",
	"grant": {"scopes": [scope], "ttl_seconds": input.request.ttl_seconds},
	"reasons": [], "obligations": [],
}
decided(scope) := granted(scope) if {
	not endless(scope)
	not scope in {"none", "unknown_effect", "no_grant", "more", "owed", "uses"}
}
decided(scope) := {"effect": "deny", "reasons": [], "obligations": []} if scope == "throws"
endless(scope) if strings.reverse(scope) == "sseldne"
decided(scope) := granted(replace(scope, "", "y")) if endless(scope)
decided(scope) := object.union(granted(scope), {"effect": "permit"}) if scope == "unknown_effect"
decided(scope) := {"effect": "allow", "reasons": [], "obligations": []} if scope == "no_grant"
decided(scope) := object.union(granted(scope), {"grant": {"scopes": ["other"]}}) if scope == "more"
decided(scope) := object.union(granted(scope), {"grant": {"max_uses": 1}}) if scope == "uses"
decided(scope) := object.union(granted(scope), {"obligations": [{
	"id": "x", "type": "unheard_of", "properties": {},
}]}) if scope == "owed"
`;

/** Slow enough for a deadline of 500 ms, for one agent alone. */
function slowForOneAgent(file: string, source: string): string {
  if (file !== 'gatherSignals-7.lua') return source;
  const slow = "if KEYS[2]:find('slow', 1, true) then for i = 1, 2e8 do local _ = i end end\n";
  return source.replace('local agent = ', `${slow}local agent = `);
}

describe('POST /token, the engine or the time fails → 503 temporarily_unavailable', () => {
  const table = useTableService(() => ({
    overrides: {
      'policy.path': buildBundle({ rego: REGO }),
      'policy.admission.violations': 'warn',
      'request.deadline_ms': 500,
    },
    editScript: slowForOneAgent,
  }));
  const ask = (codec: Codec, scope: string, client = table().service.agent) =>
    table().service.http.send('POST', '/token', tokenAsk(codec, client, { scope }));

  for (const codec of CODECS) {
    it(`${codec}: an evaluation that throws grants nothing, records nothing, and the next request works`, async () => {
      tokenOf(await ask(codec, 'anything'));
      const before = await streamEvents(table().redis);
      for (let round = 0; round < 2; round++) {
        const answer = await ask(codec, 'throws');
        expectError(answer, codec, 503, 'temporarily_unavailable');
        expect(answer.text).not.to.match(/wasm|rego|conflict|engine|eval/i);
      }
      expect(await streamEvents(table().redis)).to.deep.equal(before);
      tokenOf(await ask(codec, 'anything'));
    });

    it(`${codec}: an evaluation that does not end grants nothing, is counted, and the next request works`, async () => {
      const { service, redis } = table();
      const agent = await registerAgent(service.http, { id: `endless-${codec}` });
      const code = codec === 'json' ? 'policy_budget_exceeded' : 'temporarily_unavailable';
      for (const scope of ['endless', 'endless']) {
        const answer = await ask(codec, scope, agent);
        expectError(answer, codec, 503, code);
        expect(answer.headers['retry-after']).to.equal('60');
        expect(answer.text).not.to.match(/wasm|rego|replace|engine|eval/i);
        if (codec === 'json') expect(answer.json()).to.have.property('decision_id');
      }
      await closeCounts(redis);
      const counted = await accessEvents(redis, agent[0]);
      // Two events when a minute ended between the requests.
      expect(counted.reduce((sum, { count = 0 }) => sum + count, 0)).to.equal(2);
      for (const event of counted) {
        const { type, bucket, codes, alarms } = event;
        expect({ type, bucket, codes, alarms }).to.deep.equal({
          ...{ type: 'access.denied', bucket: 'policy_budget' },
          ...{ codes: ['policy_budget_exceeded'], alarms: ['policy_budget'] },
        });
      }
      tokenOf(await ask(codec, 'anything', agent));
    });

    it(`${codec}: each repeat is charged to the agent's budget, which ends`, async () => {
      const rate = { per_minute: 1, burst: 3, resource_per_minute: 1, resource_burst: 3 };
      const agent = await registerAgent(table().service.http, { id: `charged-${codec}`, rate });
      const statuses: number[] = [];
      for (let i = 0; i < 4; i++) statuses.push((await ask(codec, 'endless', agent)).status);
      expect(statuses.at(0)).to.equal(503);
      expect(statuses.at(-1)).to.equal(429);
    });

    for (const scope of ['none', 'unknown_effect', 'no_grant', 'more', 'owed', 'uses']) {
      it(`${codec}: a result that is not a decision is a denial, not a grant: ${scope}`, async () => {
        const answer = await ask(codec, scope);
        if (codec === 'json') expectError(answer, codec, 403, 'access_denied');
        else expectError(answer, codec, 400, 'invalid_scope');
      });
    }

    it(`${codec}: past the deadline nothing is issued`, async () => {
      const { service, redis } = table();
      const slow = await registerAgent(service.http, { id: `slow-${codec}` });
      const before = await streamEvents(redis);
      const answer = await ask(codec, 'anything', slow);
      expectError(answer, codec, 503, 'temporarily_unavailable');
      expect(await streamEvents(redis)).to.deep.equal(before);
      const prompt = await registerAgent(service.http, { id: `prompt-${codec}` });
      tokenOf(await ask(codec, 'anything', prompt));
    });
  }
});
