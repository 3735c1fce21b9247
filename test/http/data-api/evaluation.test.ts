import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { buildBundle } from '../../support/bundles/build.js';
import { streamEvents } from '../table/stream-events.js';
import { useTableService } from '../table/table-service.js';
import { startOpaServer, type OpaServer } from './opa-server.js';

const RULES = `
decision := {
	"effect": "allow",
	"grant": {"scopes": input.request.scopes, "ttl_seconds": input.request.ttl_seconds},
	"reasons": [], "obligations": [],
}
allowed if input.user == "alice"
echo := input.value
sum := count(input.value) + 1
throws := 1 if input.a
throws := 2 if input.b
`;
const NAMES = ['decision', 'allowed', 'echo', 'sum', 'throws'];

describe('POST /v1/data/{path} on the active bundle', function () {
  this.timeout(60_000);
  const entrypoints = NAMES.map((name) => `countersign/${name}`);
  const table = useTableService(() => ({
    overrides: { 'policy.path': buildBundle({ rego: RULES, entrypoints }) },
  }));
  let opa: OpaServer;
  before(async () => {
    opa = await startOpaServer(`package countersign\n${RULES}`);
  });
  after(() => opa.stop());

  const ask = (name: string, input: unknown) =>
    table().service.http.admin('POST', `/v1/data/countersign/${name}`, { json: { input } });
  const evaluated = async () =>
    (await streamEvents(table().redis)).filter(({ type }) => type === 'policy.evaluated');

  it('answers as the OPA server does, but for the decision’s id', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((s) => !s.includes('\0'));
    const value = fc.oneof(
      text,
      fc.boolean(),
      fc.constant(null),
      fc.integer(),
      fc.array(text, { maxLength: 4 }),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.integer(), { maxKeys: 3 }),
    );
    const input = fc.record({ user: fc.constantFrom('alice', 'bob'), value }, { requiredKeys: [] });
    const path = fc.constantFrom('allowed', 'echo', 'sum');
    const seen = new Set<boolean>();
    await fc.assert(
      fc.asyncProperty(path, input, async (name, one) => {
        const body = JSON.stringify({ input: one });
        const theirs = await opa.post(`/v1/data/countersign/${name}`, body);
        const { decision_id: id, ...ours } = (await ask(name, one)).json();
        expect(ours).to.deep.equal(theirs.json);
        expect(id).to.match(/^dec_/);
        seen.add('result' in ours);
      }),
      { numRuns: 150 },
    );
    expect([...seen]).to.have.members([true, false]);
  });

  it('an unknown path, the package itself, and below an entrypoint: 200 {} and no event', async () => {
    const before = (await evaluated()).length;
    const paths = ['countersign/nothing', 'countersign', 'constructor', '__proto__', 'a/b/c/d'];
    for (const path of [...paths, 'countersign/decision/effect', 'countersign%2Fdecision/x']) {
      const { http } = table().service;
      const answer = await http.admin('POST', `/v1/data/${path}`, { json: { input: {} } });
      expect([answer.status, answer.text], path).to.deep.equal([200, '{}']);
    }
    expect(await evaluated()).to.have.length(before);
  });

  it('nothing is clamped and nothing is issued; the record has who, which entrypoint and the input’s digest', async () => {
    const request = { scopes: ['*'], ttl_seconds: 1e9 };
    const answer = await ask('decision', { request });
    expect(answer.json()['result']).to.deep.include({
      grant: { scopes: ['*'], ttl_seconds: 1e9 },
    });
    const event = (await evaluated()).at(-1);
    expect(event).to.deep.include({
      principal: { kind: 'admin', id: 'root' },
      decision_id: answer.json()['decision_id'],
      effect: 'allow',
      policy_revision: 'r1',
      request_id: answer.headers['x-request-id'],
      detail: { api: 'opa-data', entrypoint: 'countersign/decision', defined: true },
    });
    expect(event?.input_digest).to.match(/^sha256:[0-9a-f]{64}$/);
    expect(JSON.stringify(event)).not.to.include('ttl_seconds');
  });

  it('a fault is 503 in OPA’s shape and says nothing; the next question and live decisions go on', async () => {
    for (let round = 0; round < 3; round++) {
      const fault = await ask('throws', { a: true, b: true });
      expect(fault.status).to.equal(503);
      expect(fault.json()).to.deep.equal({
        code: 'internal_error',
        message: 'Nothing was granted.',
      });
    }
    expect((await ask('throws', { a: true })).json()['result']).to.equal(1);
    const { service } = table();
    const json = { resource: 'stripe', scope: 'read_invoices' };
    const granted = await service.http.send('POST', '/token', { basic: service.agent, json });
    expect(granted.status).to.equal(200);
  });

  it('an integer that a double would round is refused', async () => {
    const { http } = table().service;
    const answer = await http.admin('POST', '/v1/data/countersign/echo', {
      headers: { 'content-type': 'application/json' },
      body: '{"input":{"value":9007199254740993}}',
    });
    expect([answer.status, answer.json()['code']]).to.deep.equal([400, 'invalid_parameter']);
  });

  it('is about the bundle that is active now, as soon as that changed', async () => {
    const { service } = table();
    const rego = RULES.replace('input.user == "alice"', 'input.user == "bob"');
    const body = readFileSync(buildBundle({ rego, entrypoints, revision: 'r2' }));
    const headers = { 'content-type': 'application/gzip' };
    const pushed = await service.http.admin('POST', '/admin/v1/policy/bundles', { body, headers });
    expect(pushed.status, pushed.text).to.equal(201);
    const json = { reason: 'test', allow_new_grants: 1 };
    const path = '/admin/v1/policy/bundles/r2/activate';
    const done = await service.http.admin('POST', path, { json });
    expect(done.status, done.text).to.equal(200);
    expect((await ask('allowed', { user: 'bob' })).json()['result']).to.equal(true);
    expect((await ask('allowed', { user: 'alice' })).json()).not.to.have.property('result');
  });
});
