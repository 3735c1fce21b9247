import { expect } from 'chai';
import { newDecisionId } from '../../../src/domain/ids.js';
import type { Answer } from '../../support/http.js';
import { bytesOf, CODECS, expectError, tokenAsk, tokenOf, type Codec } from './asks.js';
import { accessEvents } from './stream-events.js';
import { registerAgent, useTableService, type Client } from './table-service.js';

const STRIPE = [{ resource: 'stripe', scopes: ['read_invoices', 'export_all'] }];
const DECISION = /dec_\d+_[0-9a-z]{26}/g;
const NOT_GRANTED = {
  rule: 'countersign.grants.scope_not_granted',
  code: 'scope_not_granted',
  message: 'The scope is not granted to this agent on this resource.',
};

function expectDenied(answer: Answer, codec: Codec): void {
  if (codec === 'json') expectError(answer, codec, 403, 'access_denied');
  else expectError(answer, codec, 400, 'invalid_scope');
}

describe('POST /token, denied by policy → 403 access_denied, as a form 400 invalid_scope', () => {
  const table = useTableService();
  const ask = (codec: Codec, client: Client, scope: string, resource = 'stripe') =>
    table().service.http.send('POST', '/token', {
      ...tokenAsk(codec, client, { resource, scope }),
      headers: { 'x-request-id': 'one-and-the-same' },
    });

  it('json: says the decision and the public reasons, and nothing else', async () => {
    const { service, redis } = table();
    const answer = await ask('json', service.agent, 'write_invoices');
    expectDenied(answer, 'json');
    const body = answer.json();
    expect(body).to.have.all.keys(
      ...['type', 'title', 'status', 'detail', 'error', 'hint', 'request_id'],
      ...['decision_id', 'reasons'],
    );
    expect(body['reasons']).to.deep.equal([NOT_GRANTED]);
    const event = (await accessEvents(redis, service.agent[0])).at(-1);
    expect(event).to.deep.include({
      type: 'access.denied',
      effect: 'deny',
      decision_id: body['decision_id'],
      request_id: 'one-and-the-same',
      rules: [NOT_GRANTED.rule],
      codes: [NOT_GRANTED.code],
      scopes_requested: ['write_invoices'],
    });
    expect(event).not.to.have.any.keys('jti', 'grant_id', 'scopes_granted');
  });

  it('form: says no more than OAuth does', async () => {
    const answer = await ask('form', table().service.agent, 'write_invoices');
    expectDenied(answer, 'form');
    expect(answer.text).not.to.match(/dec_|countersign\./);
  });

  for (const codec of CODECS) {
    it(`${codec}: a honey scope is an ordinary denial byte for byte, held or not, and an alarm on the record`, async () => {
      const { service, redis } = table();
      const listed = await ask(codec, service.agent, 'write:customers:1', 'customers-db');
      const ordinary = bytesOf(listed, DECISION);
      const scopes = ['export_all', 'write_invoices', 'export_all write_invoices'];
      for (const [kind, grants] of [
        ['other', []],
        ['holder', STRIPE],
      ] as const) {
        for (const [i, scope] of scopes.entries()) {
          // One agent each: who asks for honey again and again is in quarantine.
          const id = `${kind}-${codec}-${String(i)}`;
          const client = await registerAgent(service.http, { id, grants });
          const answer = await ask(codec, client, scope);
          expectDenied(answer, codec);
          expect(bytesOf(answer, DECISION), `${id} ${scope}`).to.equal(ordinary);
          const event = (await accessEvents(redis, id)).at(-1);
          const alarm = 'honey_scope: export_all';
          expect(event?.alarms?.includes(alarm)).to.equal(scope.includes('export_all'));
          const record = await service.http.admin('GET', `/admin/v1/agents/${id}`);
          expect(record.json()['status']).to.equal('active');
        }
      }
    });

    it(`${codec}: a honey scope next to a granted one is removed like any other`, async () => {
      const { service, redis } = table();
      const client = await registerAgent(service.http, { id: `mixed-${codec}`, grants: STRIPE });
      const [honey, ordinary] = [
        await ask(codec, client, 'read_invoices export_all'),
        await ask(codec, client, 'read_invoices erase_all'),
      ];
      tokenOf(honey);
      expect(honey.json()['scope']).to.equal('read_invoices');
      const cut = (answer: Answer) =>
        JSON.stringify(answer.json()['removed']).replace(/export_all|erase_all/, 'SCOPE');
      expect(cut(honey)).to.equal(cut(ordinary));
      expect(Object.keys(honey.headers)).to.deep.equal(Object.keys(ordinary.headers));
      const [first] = await accessEvents(redis, client[0]);
      expect(first?.alarms).to.deep.equal(['honey_scope: export_all']);
    });

    it(`${codec}: an agent that repeats honey requests is quarantined, and its answer does not change`, async () => {
      const { service } = table();
      const id = `curious-${codec}`;
      const client = await registerAgent(service.http, { id, grants: STRIPE });
      for (let i = 0; i < 3; i++) expectDenied(await ask(codec, client, 'export_all'), codec);
      const record = await service.http.admin('GET', `/admin/v1/agents/${id}`);
      expect(record.json()['status']).to.equal('quarantined');
      const next = await ask(codec, client, 'read_invoices');
      expect(next.text)
        .not.to.include('access_token')
        .and.not.match(/quarantin/);
    });

    it(`${codec}: too many denials are a denial of their own, also of what was granted before`, async () => {
      const { service } = table();
      const client = await registerAgent(service.http, { id: `denied-${codec}`, grants: STRIPE });
      tokenOf(await ask(codec, client, 'read_invoices'));
      for (let round = 0; round < 31; round++) expectDenied(await ask(codec, client, 'no'), codec);
      const answer = await ask(codec, client, 'read_invoices');
      expectDenied(answer, codec);
      if (codec === 'json') expect(answer.text).to.include('"code":"too_many_denials"');
    });

    it(`${codec}: what an operator denies until lifted is denied`, async () => {
      const { service } = table();
      const { http } = service;
      const client = await registerAgent(http, { id: `barred-${codec}`, grants: STRIPE });
      const revocation = { by: 'agent', value: client[0], reason: 'test' };
      const revoked = await http.admin('POST', '/admin/v1/revocations', {
        json: { ...revocation, deny_until_lifted: true },
      });
      expect(revoked.status).to.equal(200);
      expectDenied(await ask(codec, client, 'read_invoices'), codec);
    });
  }

  it('the ids of a denial are made like those of a grant', async () => {
    const { service } = table();
    const denied = (await ask('json', service.agent, 'export_all')).json()['decision_id'];
    const granted = (await ask('json', service.agent, 'read_invoices')).json()['decision_id'];
    const shape = (id: unknown) => String(id).replace(/_[0-9a-z]{26}$/, '');
    expect(shape(denied)).to.equal(shape(granted));
    expect(newDecisionId(1, Date.now())).to.match(DECISION);
  });
});
