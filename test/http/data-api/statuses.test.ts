import { expect } from 'chai';
import { DATA_ANSWER } from '../../support/fake-evaluations.js';
import { ADMIN_TOKENS, useFakeService } from '../../support/http-listeners.js';
import { unavailable } from '../../../src/domain/errors.js';

const PATH = '/v1/data/countersign/decision';

describe('POST /v1/data/{path}: statuses and shapes', () => {
  const service = useFakeService();
  const ask = (json: unknown, path = PATH) => service().client.admin('POST', path, { json });
  const json = { input: { a: 1 } };

  it('403: an auditor, who would choose the work of a node', async () => {
    const adminToken = ADMIN_TOKENS.auditor;
    expect((await service().client.admin('POST', PATH, { json, adminToken })).status).to.equal(403);
    expect(service().operations.seen).to.deep.equal([]);
  });

  it('200: the result and the decision’s id, to operators and admins', async () => {
    for (const adminToken of [ADMIN_TOKENS.admin, ADMIN_TOKENS.operator]) {
      const answer = await service().client.admin('POST', PATH, { json, adminToken });
      expect(answer.status).to.equal(200);
      expect(answer.json()).to.deep.equal({
        decision_id: DATA_ANSWER.decisionId,
        result: DATA_ANSWER.result,
      });
    }
    const [entrypoint, input, context] = service().operations.last('data.evaluate').arguments;
    expect(entrypoint).to.equal('countersign/decision');
    expect(input).to.deep.equal({ a: 1 });
    expect(context).to.deep.include({ principal: { kind: 'admin', id: 'operator-1' } });
  });

  it('pretty, metrics and provenance as OPA reads them; other parameters are ignored', async () => {
    const plain = await ask(json, `${PATH}?pretty=false&metrics=no&explain=full&x`);
    expect(Object.keys(plain.json())).to.deep.equal(['decision_id', 'result']);
    for (const on of ['', '=', '=true', '=TRUE']) {
      const answer = await ask(json, `${PATH}?pretty${on}&metrics${on}&provenance${on}`);
      expect(answer.text).to.match(/^\{\n {2}"decision_id"/);
      const { metrics, provenance } = answer.json();
      expect(metrics).to.have.all.keys(
        ...['timer_rego_input_parse_ns', 'timer_rego_query_eval_ns', 'timer_server_handler_ns'],
      );
      expect(provenance).to.deep.include({ bundles: { countersign: { revision: 'rev-1' } } });
    }
  });

  const bad: Readonly<Record<string, string>> = {
    'no JSON': '{"input":',
    'an empty body': '',
    'an array': '[1]',
    'no input': '{}',
    'an input that is no object': '{"input":"x"}',
    'an input of null': '{"input":null}',
    'a member twice': '{"input":{"a":1,"a":2}}',
    'a member named __proto__': '{"input":{"__proto__":{"x":1}}}',
    'a lone surrogate': '{"input":{"a":"\\ud800"}}',
    'a NUL': '{"input":{"a":"\\u0000"}}',
    'over 64 levels': `{"input":${'{"a":'.repeat(64)}1${'}'.repeat(64)}}`,
  };
  for (const [name, body] of Object.entries(bad)) {
    it(`400 invalid_parameter: ${name}`, async () => {
      const headers = { 'content-type': 'application/json' };
      const answer = await service().client.admin('POST', PATH, { body, headers });
      expect(answer.status).to.equal(400);
      expect(answer.headers['content-type']).to.equal('application/json');
      expect(answer.json()).to.have.all.keys('code', 'message');
      expect(answer.json()['code']).to.equal('invalid_parameter');
      expect(service().operations.seen).to.deep.equal([]);
    });
  }

  it('401 and 415 and 413 and 503 in OPA’s shape too', async () => {
    const { client, operations } = service();
    const stranger = await client.admin('POST', PATH, { json, adminToken: 'csa_wrong' });
    expect([stranger.status, stranger.json()['code']]).to.deep.equal([401, 'unauthorized']);
    const form = await client.admin('POST', PATH, { form: { input: '{}' } });
    expect([form.status, form.json()['code']]).to.deep.equal([415, 'invalid_parameter']);
    const large = await ask({ input: { a: 'x'.repeat(65_536) } });
    expect([large.status, large.json()['code']]).to.deep.equal([413, 'invalid_parameter']);
    operations.adminFails = unavailable('a fault that is nobody’s business');
    const fault = await ask(json);
    expect([fault.status, fault.json()['code']]).to.deep.equal([503, 'internal_error']);
    expect(fault.headers).to.include.keys('retry-after');
    expect(fault.text).not.to.include('business');
  });

  it('a path that does not decode: 400; another method: 405; not on the public listener', async () => {
    const { client } = service();
    expect((await client.admin('POST', '/v1/data/%ZZ', { json })).status).to.equal(400);
    expect((await client.admin('GET', PATH)).status).to.equal(405);
    expect((await client.send('POST', PATH, { json })).status).to.equal(404);
  });
});
