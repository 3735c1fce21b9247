import { expect } from 'chai';
import fc from 'fast-check';
import type { AuditEvent } from '../../../src/domain/audit.js';
import type { Answer } from '../../support/http.js';
import { bytesOf } from '../table/asks.js';
import { streamEvents } from '../table/stream-events.js';
import { registerAgent, useTableService, type Client } from '../table/table-service.js';
import { asker, contextOf, decisionOf, decisionsOf, itemsOf, question } from './questions.js';

const DECISION = /dec_\d+_[0-9a-z]{26}/g;
const LENGTH = /"content-length","\d+"/g;
const KINDS = ['subject', 'action', 'resource', 'context'] as const;
type Kind = (typeof KINDS)[number];
type Body = Record<string, Record<string, unknown>>;

/** A question with members where the policy sees none. */
function withUnseen(body: unknown, kind: Kind, members: object): Body {
  const whole = body as Body;
  const put = kind === 'context' ? members : { properties: members };
  return { ...whole, [kind]: { ...whole[kind], ...put } };
}

describe('a question with members that the policy cannot see is answered no', function () {
  this.timeout(120_000);
  const table = useTableService();
  const reasonsOf = (answer: Answer) =>
    contextOf(answer)['reasons'] as { rule: string; code: string; message: string }[];
  const eventOf = async (id: unknown): Promise<AuditEvent | undefined> =>
    (await streamEvents(table().redis)).find((event) => event.decision_id === id);

  for (const kind of KINDS) {
    const path = kind === 'context' ? 'context' : `${kind}.properties`;
    it(`${path}: no with the reason to agent and resource server, where it is yes without; on the record as a denial`, async () => {
      const { agent, resourceServer } = table().service;
      for (const client of [agent, resourceServer]) {
        const by = asker(table(), client);
        expect(decisionOf(await by.one(question()))).to.equal(true);
        const answer = await by.one(withUnseen(question(), kind, { status: 'closed' }));
        expect(decisionOf(answer)).to.equal(false);
        expect(contextOf(answer)).to.have.all.keys('decision_id', 'reasons');
        expect(reasonsOf(answer)).to.deep.equal([
          {
            rule: 'countersign.evaluation',
            code: 'member_not_seen',
            message: `The policy input has no place for ${path}.status. Leave these members out.`,
          },
        ]);
        const event = await eventOf(contextOf(answer)['decision_id']);
        expect(event).to.deep.include({
          type: 'policy.evaluated',
          principal: { kind: client === agent ? 'agent' : 'resource_server', id: client[0] },
          effect: 'deny',
          codes: ['member_not_seen'],
        });
        expect(event?.detail).to.deep.include({ answer: false, unseen: [`${path}.status`] });
        expect(JSON.stringify(event)).not.to.include('closed');
      }
    });

    it(`${path}: empty is a question like any other`, async () => {
      expect(decisionOf(await asker(table()).one(withUnseen(question(), kind, {})))).to.equal(true);
    });
  }

  it('the members that the policy sees, each alone and all together, are used and decide', async () => {
    const seen = {
      ...{ ttl_seconds: 60, session_id: 's', task_id: 't' },
      ...{ user_id: 'u', reason: 'r' },
    };
    for (const [name, value] of Object.entries(seen)) {
      const answer = await asker(table()).one(question({ context: { [name]: value } }));
      expect(decisionOf(answer), name).to.equal(true);
    }
    const answer = await asker(table()).one(question({ context: seen }));
    expect(contextOf(answer)).to.include({ ttl_seconds: 60 });
  });

  it('in a batch: of a default, of an item, and of a default that an item replaced', async () => {
    const closed = { type: 'resource', id: 'stripe', properties: { status: 'closed' } };
    const { resource, ...rest } = question();
    const context = { time: 'now' };
    const evaluations = [
      {},
      { resource },
      { resource, context: { ip: '192.0.2.1' } },
      { resource: { ...closed, properties: {} } },
    ];
    const answer = await asker(table()).many({ ...rest, resource: closed, evaluations });
    expect(decisionsOf(answer)).to.deep.equal([false, true, false, true]);
    const inherited = await asker(table()).many({ ...rest, resource, context, evaluations: [{}] });
    expect(decisionsOf(inherited)).to.deep.equal([false]);
    expect(itemsOf(inherited)[0]?.context['reasons']).to.be.an('array');
  });

  it('the answer follows from the question alone: agents, scopes and resources that are not there answer byte for byte alike', async () => {
    const { http } = table().service;
    await registerAgent(http, { id: 'halted' });
    const json = { status: 'quarantined', reason: 'test' };
    await http.admin('POST', '/admin/v1/agents/halted/status', { json });
    const asked = [
      ...[{}, { agent: 'nobody' }, { agent: 'halted' }, { scope: 'export_all' }],
      ...[{ scope: 'no such scope' }, { resource: 'nothing' }, { scope: 'create_refund' }],
    ];
    const answers: string[] = [];
    for (const one of asked) {
      const body = withUnseen(question(one), 'resource', { status: 'closed' });
      const answer = await asker(table()).one(body, {
        headers: { 'x-request-id': 'one-and-the-same' },
      });
      answers.push(bytesOf(answer, DECISION, LENGTH));
    }
    expect(new Set(answers).size).to.equal(1);
  });

  it('hides nothing of an agent that asks about itself: honey counts and quarantines, a no of the policy is a denial', async () => {
    const grants = [{ resource: 'stripe', scopes: ['read_invoices'] }];
    const client: Client = await registerAgent(table().service.http, { id: 'veiled', grants });
    const ask = (scope: string) =>
      asker(table(), client).one(
        withUnseen(question({ agent: 'veiled', scope }), 'context', { x: 1 }),
      );
    const profile = async () => {
      const path = '/admin/v1/agents/veiled/signals';
      const { profile } = (await table().service.http.admin('GET', path)).json() as {
        profile: { events: number; terms: { name: string; value: number }[] };
      };
      return {
        events: profile.events,
        denials: profile.terms.find((t) => t.name === 'denials_60m')?.value,
      };
    };
    await ask('read_invoices');
    // The policy said yes: to send what it cannot see is no denial that the agent earned.
    expect(await profile()).to.deep.equal({ events: 1, denials: 0 });
    await ask('write_invoices');
    expect(await profile()).to.deep.equal({ events: 2, denials: 1 });
    for (let i = 0; i < 3; i++) expect(decisionOf(await ask('export_all'))).to.equal(false);
    const record = await table().service.http.admin('GET', '/admin/v1/agents/veiled');
    expect(record.json()['status']).to.equal('quarantined');
  });

  it('whatever the member is: never a yes', async () => {
    const name = fc.oneof(
      fc.constantFrom('status', 'roles', 'time', 'ttl', 'scopes', 'constructor', 'x'.repeat(200)),
      fc.string({ minLength: 1, maxLength: 12 }),
    );
    const seen = new Set(['ttl_seconds', 'session_id', 'task_id', 'user_id', 'reason']);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...KINDS),
        fc.dictionary(name, fc.jsonValue({ maxDepth: 1 }), { minKeys: 1, maxKeys: 3 }),
        fc.boolean(),
        async (kind, members, asAgent) => {
          fc.pre(Object.keys(members).some((one) => kind !== 'context' || !seen.has(one)));
          const { agent, resourceServer } = table().service;
          const by = asker(table(), asAgent ? agent : resourceServer);
          const answer = await by.one(withUnseen(question(), kind, members));
          // Names and texts that no body may hold are malformed.
          if (answer.status === 400) return;
          expect(decisionOf(answer)).to.equal(false);
          expect(reasonsOf(answer)[0]?.code).to.equal('member_not_seen');
          expect(answer.text.length).to.be.lessThan(700);
        },
      ),
      { numRuns: 100, examples: [['resource', { status: 'closed' }, false]] },
    );
  });
});
