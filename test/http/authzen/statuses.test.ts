import { expect } from 'chai';
import type { EvaluationBatch } from '../../../src/domain/access-evaluation.js';
import { CountersignError, unavailable } from '../../../src/domain/errors.js';
import { mintSecret } from '../../../src/registry/secret.js';
import { JUDGEMENT } from '../../support/fake-evaluations.js';
import { basicOf } from '../../support/http.js';
import { useFakeService } from '../../support/http-listeners.js';
import { question } from './questions.js';

const PATHS = ['/access/v1/evaluation', '/access/v1/evaluations'] as const;
const SERVER = ['demo-api', mintSecret('resource_server').secret] as const;
const JSON_TYPE = { 'content-type': 'application/json' };

for (const path of PATHS) {
  describe(`POST ${path}: statuses`, () => {
    const service = useFakeService();
    const raw = (body: string, headers: Readonly<Record<string, string>> = JSON_TYPE) =>
      service().client.send('POST', path, { basic: SERVER, body, headers });
    const refused = async (body: unknown): Promise<string> => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const answer = await raw(text);
      expect(answer.status, text).to.equal(400);
      expect(answer.json()['error']).to.equal('invalid_request');
      expect(service().operations.seen).to.deep.equal([]);
      return String(answer.json()['detail']);
    };

    it('200: the decision and nothing that is not there', async () => {
      const answer = await service().client.send('POST', path, { basic: SERVER, json: question() });
      const context = { decision_id: JUDGEMENT.decisionId, ttl_seconds: JUDGEMENT.ttlSeconds };
      expect(answer.json()).to.deep.equal({ decision: true, context });
      const [batch, credential] = service().operations.last('evaluateAccess').arguments;
      expect(batch).to.deep.equal({
        items: [
          {
            subject: { type: 'agent', id: 'demo-agent' },
            action: 'read_invoices',
            resource: { type: 'resource', id: 'stripe' },
            ttlSeconds: undefined,
            declared: {},
            unseen: [],
          },
        ],
        stopsOn: undefined,
      });
      expect(credential).to.include({ method: 'client_secret_basic', clientId: SERVER[0] });
    });

    it('unknown members are ignored, at every level except in properties and context', async () => {
      const extra = { foo: 'bar', future: { nested: true } };
      const { subject, action, resource } = question() as Record<string, object>;
      const json = {
        ...extra,
        subject: { ...subject, ...extra, properties: {} },
        action: { ...action, ...extra, properties: {} },
        resource: { ...resource, ...extra, properties: {} },
        context: {},
      };
      const answer = await service().client.send('POST', path, { basic: SERVER, json });
      expect(answer.status).to.equal(200);
      const [batch] = service().operations.last('evaluateAccess').arguments;
      expect(JSON.stringify(batch)).not.to.match(/foo|future/);
      expect((batch as EvaluationBatch).items[0]).to.deep.include({ unseen: [] });
    });

    it('properties and members of the context that the policy cannot see are named, and their values are not kept', async () => {
      const { subject, action, resource } = question() as Record<string, object>;
      const json = {
        subject: { ...subject, properties: { admin: 'v1' } },
        action: { ...action, properties: { soft: null } },
        resource: { ...resource, properties: { status: 'v2' } },
        context: { time: 'v3', task_id: 't' },
      };
      const answer = await service().client.send('POST', path, { basic: SERVER, json });
      expect(answer.status).to.equal(200);
      const [batch] = service().operations.last('evaluateAccess').arguments;
      const unseen = [
        ...['subject.properties.admin', 'action.properties.soft'],
        ...['resource.properties.status', 'context.time'],
      ];
      expect((batch as EvaluationBatch).items[0]).to.deep.include({ unseen });
      expect(JSON.stringify(batch)).not.to.match(/v1|v2|v3/);
    });

    it('a secret in the body, as at introspection', async () => {
      const json = { ...question(), client_id: SERVER[0], client_secret: SERVER[1] };
      expect((await service().client.send('POST', path, { json })).status).to.equal(200);
      const [, credential] = service().operations.last('evaluateAccess').arguments;
      expect(credential).to.include({ method: 'client_secret_post', clientId: SERVER[0] });
    });

    for (const member of ['subject', 'action', 'resource']) {
      it(`400: ${member} missing, of another type, or without what names it`, async () => {
        const whole = question() as Record<string, Record<string, unknown>>;
        expect(await refused({ ...whole, [member]: undefined })).to.include(member);
        for (const value of ['alice', 1, true, null, [], [whole[member]]]) {
          expect(await refused({ ...whole, [member]: value })).to.include(member);
        }
        for (const inner of Object.keys(whole[member] ?? {})) {
          for (const value of [undefined, 123, null, {}, ['x']]) {
            const entity = { ...whole[member], [inner]: value };
            const detail = await refused({ ...whole, [member]: entity });
            expect(detail).to.include(`${member}.${inner}`);
          }
        }
        const properties = { ...whole[member], properties: 'x' };
        expect(await refused({ ...whole, [member]: properties })).to.include('properties');
      });
    }

    it('400: a context, or a member of it that means something here, of another type', async () => {
      for (const context of ['x', [], [null], 5]) await refused({ ...question(), context });
      for (const ttl of [0, -1, 1.5, '60', [null]]) {
        await refused(question({ context: { ttl_seconds: ttl } }));
      }
      for (const name of ['session_id', 'task_id', 'user_id', 'reason']) {
        for (const value of [5, [null], {}, 'x'.repeat(1025), 'line\nbreak']) {
          await refused(question({ context: { [name]: value } }));
        }
      }
    });

    it('null for an optional member equals its absence', async () => {
      const nulls = { ttl_seconds: null, session_id: null, user_id: null, reason: null };
      const { subject } = question() as { readonly subject: object };
      const items: unknown[] = [];
      for (const given of [
        question({ context: {} }),
        question({ context: nulls }),
        { ...question(), context: null },
        { ...question(), context: {}, subject: { ...subject, properties: null } },
        { ...question(), context: {}, options: null, evaluations: null, client_assertion: null },
      ]) {
        const answer = await service().client.send('POST', path, { basic: SERVER, json: given });
        expect(answer.status).to.equal(200);
        const [batch] = service().operations.last('evaluateAccess').arguments;
        items.push((batch as EvaluationBatch).items);
      }
      expect(new Set(items.map((one) => JSON.stringify(one))).size).to.equal(1);
    });

    it('400: what is no JSON object, or one that parsers disagree on', async () => {
      const text = JSON.stringify(question());
      const bodies = ['', '{', '[]', 'null', '"x"', `${text} x`];
      for (const body of bodies) await refused(body);
      await refused(`{"subject":{},${text.slice(1)}`);
      await refused(`{"__proto__":{"decision":true},${text.slice(1)}`);
      await refused(text.replace('"demo-agent"', '"\\ud800"'));
      await refused(text.replace('"demo-agent"', '"\\u0000"'));
      await refused(`{"a":${'['.repeat(64)}${']'.repeat(64)},${text.slice(1)}`);
    });

    it('400: a credential in a place that is kept, and it is not repeated', async () => {
      const { secret } = mintSecret('agent');
      const bodies = [
        question({ agent: secret }),
        question({ scope: secret }),
        question({ resource: secret }),
        question({ context: { task_id: secret } }),
      ];
      for (const body of bodies) expect(await refused(body)).not.to.include(secret);
    });

    it('400: another content type or none, and parameters in the URL', async () => {
      const text = JSON.stringify(question());
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx']) {
        expect((await raw(text, { 'content-type': type })).status).to.equal(400);
      }
      expect((await raw(text, {})).status).to.equal(400);
      const { client } = service();
      const asked = await client.send('POST', `${path}?x=1`, { basic: SERVER, json: question() });
      expect(asked.status).to.equal(400);
    });

    it('401: no credential, a malformed one, or a name that does not fit it', async () => {
      const { client, operations } = service();
      const json = question();
      for (const ask of [
        { json },
        { json, headers: { authorization: 'Bearer x' } },
        { json: { ...json, client_id: 'another' }, basic: SERVER },
        { json: { ...json, client_id: SERVER[0] } },
      ]) {
        const answer = await client.send('POST', path, ask);
        expect(answer.status).to.equal(401);
        expect(answer.headers['www-authenticate']).to.match(/^Basic /);
      }
      expect(operations.seen).to.deep.equal([]);
    });

    it('413: over 64 KiB; 415: a content encoding; 405: another method', async () => {
      const { client } = service();
      const large = question({ context: { note: 'x'.repeat(65_536) } });
      expect((await client.send('POST', path, { json: large })).status).to.equal(413);
      const packed = { ...JSON_TYPE, 'content-encoding': 'gzip' };
      expect((await raw('x', packed)).status).to.equal(415);
      expect((await client.send('GET', path)).status).to.equal(405);
    });

    it('429 and 503 as everywhere', async () => {
      const { client, operations } = service();
      const json = question();
      const slow = new CountersignError('slow_down', 'Later.', { retryAfterSeconds: 7 });
      operations.evaluateAccessWith = () => Promise.reject(slow);
      const limited = await client.send('POST', path, { basic: SERVER, json });
      expect([limited.status, limited.headers['retry-after']]).to.deep.equal([429, '7']);
      operations.evaluateAccessWith = () => Promise.reject(unavailable('redis is away'));
      const away = await client.send('POST', path, { basic: SERVER, json });
      expect(away.status).to.equal(503);
      expect(away.text).not.to.include('redis');
    });

    it('X-Request-ID comes back as it was sent, in answers and errors; a credential does not', async () => {
      const url = service().endpoints.publicUrl + path;
      const ask = async (id: string, body: string): Promise<string | null> => {
        const headers = { ...JSON_TYPE, authorization: basicOf(...SERVER), 'x-request-id': id };
        const answer = await fetch(url, { method: 'POST', headers, body });
        await answer.arrayBuffer();
        return answer.headers.get('x-request-id');
      };
      const { secret } = mintSecret('agent');
      const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln';
      for (const body of [JSON.stringify(question()), '{']) {
        const own = ['bfe9eb29-ab87-4ca3-be83-a1d5d8305716', '1', 'a b;c="d"', 'x'.repeat(256)];
        for (const id of own) expect(await ask(id, body)).to.equal(id);
        for (const id of [secret, jwt, 'x'.repeat(257)]) {
          expect(await ask(id, body)).to.match(/^req_/);
        }
      }
      const seen = service().operations.seen.map((call) => call.arguments[2]);
      for (const context of seen) expect(JSON.stringify(context)).not.to.include('a b;c');
    });
  });
}

describe('GET /.well-known/authzen-configuration', () => {
  const service = useFakeService();

  it('200: the endpoints under the issuer, to be cached, and what is not there is not named', async () => {
    const answer = await service().client.send('GET', '/.well-known/authzen-configuration');
    expect(answer.status).to.equal(200);
    expect(answer.headers['content-type']).to.equal('application/json');
    expect(answer.headers['cache-control']).to.equal('public, max-age=60');
    const issuer = 'http://127.0.0.1:8484';
    expect(answer.json()).to.deep.equal({
      policy_decision_point: issuer,
      access_evaluation_endpoint: `${issuer}/access/v1/evaluation`,
      access_evaluations_endpoint: `${issuer}/access/v1/evaluations`,
    });
  });
});
