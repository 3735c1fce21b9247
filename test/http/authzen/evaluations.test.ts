import { expect } from 'chai';
import { streamEvents } from '../table/stream-events.js';
import { useTableService } from '../table/table-service.js';
import { asker, decisionOf, decisionsOf, itemsOf, question } from './questions.js';

const YES = { action: { name: 'read_invoices' } };
const NO = { action: { name: 'write_invoices' } };
const WRONG = { action: 'read_invoices' };

describe('POST /access/v1/evaluations → 200', () => {
  const table = useTableService();
  const { subject, resource } = question();
  const many = (evaluations: readonly unknown[], rest: object = {}) =>
    asker(table()).many({ subject, resource, ...rest, evaluations });
  const semantic = (evaluations_semantic: string) => ({ options: { evaluations_semantic } });
  const recorded = async (): Promise<number> =>
    (await streamEvents(table().redis)).filter(({ type }) => type === 'policy.evaluated').length;

  it('each in the order asked, each on the record', async () => {
    const before = await recorded();
    expect(decisionsOf(await many([YES, NO, YES]))).to.deep.equal([true, false, true]);
    expect(await recorded()).to.equal(before + 3);
  });

  it('without evaluations, or with none, one decision as at the single endpoint', async () => {
    expect(decisionOf(await asker(table()).many(question()))).to.equal(true);
    expect(decisionOf(await many([], YES))).to.equal(true);
    expect((await many([])).status).to.equal(400);
    const options = semantic('deny_on_first_deny');
    expect(decisionOf(await many([], { ...NO, ...options }))).to.equal(false);
  });

  it('a default stands in for an entity as a whole: nothing is merged', async () => {
    const half = { resource: { type: 'resource' } };
    const answer = await many(
      [{}, half, { resource: { type: 'resource', id: 'customers-db' } }],
      YES,
    );
    expect(decisionsOf(answer)).to.deep.equal([true, false, false]);
    expect(itemsOf(answer)[1]?.context).to.deep.equal({
      error: { status: 400, message: 'resource.id is missing.' },
    });
  });

  it('a context of an item replaces the default one as a whole', async () => {
    const context = { ttl_seconds: 60, task_id: 'outer' };
    const answer = await many([YES, { ...YES, context: { session_id: 'inner' } }], { context });
    const lifetimes = itemsOf(answer).map((item) => item.context['ttl_seconds']);
    expect(lifetimes).to.deep.equal([60, 300]);
    const events = (await streamEvents(table().redis)).filter((event) =>
      itemsOf(answer).some((item) => item.context['decision_id'] === event.decision_id),
    );
    const declared = events.map(({ task_id: task, session_id: session }) => ({ task, session }));
    expect(declared).to.have.deep.members([
      { task: 'outer', session: undefined },
      { task: undefined, session: 'inner' },
    ]);
  });

  it('an item that is no question is a no in its place and no event; the others are decided', async () => {
    const before = await recorded();
    const items = [YES, WRONG, {}, 5, null, { ...YES, subject: { type: 'agent' } }, YES];
    const answer = await many(items);
    expect(decisionsOf(answer)).to.deep.equal([true, false, false, false, false, false, true]);
    for (const { context } of itemsOf(answer).slice(1, 6)) {
      expect(context).to.have.all.keys('error');
      expect(context['error']).to.deep.include({ status: 400 });
    }
    expect(await recorded()).to.equal(before + 2);
  });

  it('deny_on_first_deny ends at the first no, an error included; what follows is not looked at', async () => {
    const before = await recorded();
    const first = semantic('deny_on_first_deny');
    expect(decisionsOf(await many([YES, NO, YES], first))).to.deep.equal([true, false]);
    expect(decisionsOf(await many([YES, WRONG, YES], first))).to.deep.equal([true, false]);
    expect(decisionsOf(await many([YES, YES], first))).to.deep.equal([true, true]);
    expect(await recorded()).to.equal(before + 5);
  });

  it('permit_on_first_permit ends at the first yes', async () => {
    const first = semantic('permit_on_first_permit');
    expect(decisionsOf(await many([NO, WRONG, YES, NO], first))).to.deep.equal([
      false,
      false,
      true,
    ]);
    expect(decisionsOf(await many([NO, NO], first))).to.deep.equal([false, false]);
  });

  it('execute_all by name and by default; other options are ignored', async () => {
    const all = { options: { evaluations_semantic: 'execute_all', another_option: 'value' } };
    for (const rest of [all, {}, { options: {} }, { options: { evaluations_semantic: null } }]) {
      expect(decisionsOf(await many([NO, YES], rest))).to.deep.equal([false, true]);
    }
  });

  it('400: an unknown semantic, options or evaluations of another type, a bad default', async () => {
    const bad: object[] = ['all', '', 1, [null], 'constructor', 'toString'].map((value) => ({
      options: { evaluations_semantic: value },
    }));
    bad.push({ options: [] }, { options: 'x' }, { subject: 'alice' }, { context: 1 });
    bad.push({ subject: null }, { action: null }, { resource: null });
    for (const rest of bad) {
      expect((await many([YES], rest)).status, JSON.stringify(rest)).to.equal(400);
    }
    for (const evaluations of [{}, 'x', 5, false]) {
      const json = { ...question(), evaluations };
      expect((await asker(table()).many(json)).status).to.equal(400);
    }
  });

  it('50 at once, and not 51', async () => {
    const fifty = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? YES : NO));
    expect(decisionsOf(await many(fifty))).to.have.length(50);
    const before = await recorded();
    expect((await many([...fifty, YES])).status).to.equal(400);
    expect(await recorded()).to.equal(before);
  });

  it('the single endpoint knows no evaluations', async () => {
    const json = { ...question(), evaluations: [NO], options: 'ignored' };
    expect(decisionOf(await asker(table()).one(json))).to.equal(true);
  });
});
