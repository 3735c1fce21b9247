import { expect } from 'chai';
import { registerAgent, registerResourceServer, useTableService } from '../table/table-service.js';
import { asker, decisionOf, decisionsOf, itemsOf } from './questions.js';

/**
 * The protocol tests of AuthZEN's certification scenario (authorization-api-1_0-scenario, sections 2, 3, 5 and 6), with
 * this service's types in place of `user` and `record`. Requests with properties, or with members of the context that the
 * policy cannot see, are understood and answered no: a decision that leaves them out could be a wrong yes.
 */
describe('AuthZEN certification scenario: Basic Core, Batch Core', () => {
  const scope = (name: string) => ({ name, risk: 'low', description: name }) as const;
  const record = (id: string) => ({
    id,
    audiences: [`https://${id}.example`],
    scopes: [scope('read'), scope('write')],
  });
  const table = useTableService(() => ({ resources: [record('record-1'), record('record-2')] }));
  let pep: readonly [string, string];
  before(async () => {
    const { http } = table().service;
    const grants = (...scopes: string[]) => [{ resource: 'record-1', scopes }];
    await registerAgent(http, { id: 'alice', grants: grants('read', 'write') });
    await registerAgent(http, { id: 'bob', grants: grants('read') });
    pep = await registerResourceServer(http, 'pep', ['record-1', 'record-2']);
  });

  const who = (id: string) => ({ type: 'agent', id });
  const what = (id: string) => ({ type: 'resource', id });
  const asks = (id: string, name: string, extra: object = {}) => ({
    subject: who(id),
    action: { name },
    resource: what('record-1'),
    ...extra,
  });
  const one = (json: unknown) => asker(table(), pep).one(json);
  const many = (json: unknown) => asker(table(), pep).many(json);

  it('2.2: rules 1 to 4, with unknown fields; no with a context or properties that the policy cannot see', async () => {
    expect(decisionOf(await one(asks('alice', 'read')))).to.equal(true);
    expect(decisionOf(await one(asks('alice', 'write')))).to.equal(true);
    expect(decisionOf(await one(asks('bob', 'read')))).to.equal(true);
    expect(decisionOf(await one(asks('bob', 'write')))).to.equal(false);
    const context = { time: '2025-06-27T18:03-07:00', ip: '192.168.1.1' };
    expect(decisionOf(await one(asks('alice', 'read', { context })))).to.equal(false);
    expect(decisionOf(await one(asks('alice', 'read', { context: {} })))).to.equal(true);
    const properties = { department: 'Sales', role: 'manager' };
    const described = asks('alice', 'read', { subject: { ...who('alice'), properties } });
    expect(decisionOf(await one(described))).to.equal(false);
    const unknown = { foo: 'bar', futureField: { nested: true } };
    expect(decisionOf(await one(asks('alice', 'read', unknown)))).to.equal(true);
  });

  it('2.6: a repeated question has an equal answer each time', async () => {
    for (let round = 0; round < 5; round++) {
      expect(decisionOf(await one(asks('alice', 'read')))).to.equal(true);
      expect(decisionOf(await one(asks('bob', 'write')))).to.equal(false);
    }
  });

  it('3.2: batches with defaults, without any, and with an inherited context', async () => {
    const [read, write] = [{ action: { name: 'read' } }, { action: { name: 'write' } }];
    const bob = { subject: who('bob'), resource: what('record-1') };
    const ordered = await many({ ...bob, evaluations: [read, write] });
    expect(decisionsOf(ordered)).to.deep.equal([true, false]);
    const whole = await many({ evaluations: [asks('alice', 'read'), asks('bob', 'write')] });
    expect(decisionsOf(whole)).to.deep.equal([true, false]);
    const override = { time: '2025-06-27T19:00-07:00', source: 'batch-override' };
    const inherited = await many({
      ...{ subject: who('alice'), ...read, context: { task_id: 'batch' } },
      evaluations: [
        { resource: what('record-1') },
        { resource: what('record-2') },
        { resource: what('record-1'), context: override },
      ],
    });
    expect(decisionsOf(inherited)).to.deep.equal([true, false, false]);
    const emptied = await many({ ...asks('alice', 'write'), evaluations: [{}] });
    expect(decisionsOf(emptied)).to.deep.equal([true]);
  });

  it('3.4: an item without a resource is a no in a 200; no array and an empty one are single', async () => {
    const answer = await many({
      ...{ subject: who('alice'), action: { name: 'read' } },
      options: { evaluations_semantic: 'execute_all' },
      evaluations: [{ resource: what('record-1') }, {}],
    });
    expect(decisionsOf(answer)).to.deep.equal([true, false]);
    expect(itemsOf(answer)[1]?.context).to.be.an('object');
    expect(decisionOf(await many(asks('alice', 'read')))).to.equal(true);
    expect(decisionOf(await many({ ...asks('alice', 'read'), evaluations: [] }))).to.equal(true);
  });

  /** Payloads in the form of the Todo interop scenario: other types and ids, properties, a boxcar with a default. */
  it('requests of the Todo interop are understood; unknown types are answered false', async () => {
    const subject = {
      type: 'user',
      id: 'CiRmZDA2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs',
    };
    const todo = (ownerID: string) => ({
      resource: {
        type: 'todo',
        id: '7240d0db-8ff0-41ec-98b2-34a096273b92',
        properties: { ownerID },
      },
    });
    const user = { resource: { type: 'user', id: 'beth@example.com' } };
    const names = ['can_read_user', 'can_read_todos', 'can_create_todo', 'can_update_todo'];
    for (const name of names) {
      for (const entity of [todo('rick@example.com'), user]) {
        expect(decisionOf(await one({ subject, action: { name }, ...entity }))).to.equal(false);
      }
    }
    const action = { name: 'can_update_todo' };
    const evaluations = [todo('rick@example.com'), todo('jerry@example.com')];
    expect(decisionsOf(await many({ subject, action, evaluations }))).to.deep.equal([false, false]);
  });
});
