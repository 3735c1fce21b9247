import { expect } from 'chai';
import { createLimitsOperations } from '../../../../src/use-cases/admin/limits.js';
import type { AuditEvent } from '../../../../src/domain/audit.js';
import { isPutLimits, type PutLimits, type SharedLimits } from '../../../../src/domain/budget.js';
import type {
  LimitsDocument,
  LimitsFault,
  LimitsStore,
} from '../../../../src/domain/budget-ports.js';
import { CountersignError, unavailable } from '../../../../src/domain/errors.js';
import { createLiveLimits } from '../../../../src/signals/live-limits.js';

const CONTEXT = { requestId: 'r', principal: { kind: 'admin', id: 'ann' } } as const;
const CONFIGURED: SharedLimits = { owners: {}, global: { per_minute: 60, burst: 6 } };
/** What cannot be read, with the version that it says. */
type Unreadable = { readonly version: number; readonly fault: LimitsFault };
const COST = { low: 1, medium: 1, high: 2, critical: 5 };
const FILE = { shared: CONFIGURED, cost: COST };
const PUT: PutLimits = { owners: { acme: { per_minute: 1, burst: 1 } } };

function subject() {
  const stored = {
    document: { version: 0, limits: null } as LimitsDocument | Unreadable,
    races: 0,
    away: false,
  };
  const events: AuditEvent[] = [];
  const store: LimitsStore = {
    read: () =>
      stored.away
        ? Promise.reject(unavailable('away'))
        : Promise.resolve({ ...stored.document, basis: JSON.stringify(stored.document) }),
    replace({ basis }, next, event) {
      if (stored.races-- > 0) {
        stored.document = { ...stored.document, version: stored.document.version + 1 };
      }
      if (JSON.stringify(stored.document) !== basis) return Promise.resolve(false);
      stored.document = next;
      events.push(event);
      return Promise.resolve(true);
    },
  };
  const live = createLiveLimits(store, FILE);
  return {
    ...{ stored, events, live },
    operations: createLimitsOperations({ store, configured: FILE, live }),
  };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CountersignError) return error.code;
    throw error;
  }
  return 'no error';
}

describe('the shared limits', () => {
  it('are the configured ones, what was put instead of all of them, and the configured ones again', async () => {
    const { operations, live, events } = subject();
    expect(await operations.show()).to.deep.equal({
      ...{
        version: 0,
        source: 'config',
        limits: CONFIGURED,
        cost: COST,
        configured: { ...CONFIGURED, cost: COST },
      },
    });
    await operations.put(PUT, 0, 'drill', CONTEXT);
    expect(live.budgets()).to.deep.equal(PUT);
    await operations.reset(CONTEXT);
    expect(live.budgets()).to.deep.equal(CONFIGURED);
    expect(events.map(({ type, detail }) => [type, detail?.['version']])).to.deep.equal([
      ...[
        ['limits.changed', 1],
        ['limits.changed', 2],
      ],
    ]);
    expect(events[0]?.detail).to.deep.include({ reason: 'drill', source: 'api' });
  });

  it('are not replaced under another version, nor after a lost compare-and-set', async () => {
    const { operations, stored, events } = subject();
    expect(await codeOf(operations.put(PUT, 1, undefined, CONTEXT))).to.equal('conflict');
    stored.races = 1;
    expect(await codeOf(operations.put(PUT, 0, undefined, CONTEXT))).to.equal('conflict');
    expect(events).to.deep.equal([]);
  });

  it('are reset despite concurrent writers, and a second reset changes nothing', async () => {
    const { operations, stored, events } = subject();
    await operations.put(PUT, 0, undefined, CONTEXT);
    stored.races = 2;
    expect(await operations.reset(CONTEXT)).to.include({ version: 4, source: 'config' });
    expect(await operations.reset(CONTEXT)).to.include({ version: 4 });
    expect(events).to.have.length(2);
  });

  it('stay in force while the store is away, and one event lists 50 changes at most', async () => {
    const { operations, live, stored, events } = subject();
    const owners = Object.fromEntries(
      Array.from({ length: 80 }, (_, i) => [`o${String(i)}`, { per_minute: 1, burst: 1 }]),
    );
    await operations.put({ owners }, 0, undefined, CONTEXT);
    expect(events[0]?.detail?.['changes']).to.have.length(50);
    expect(events[0]?.detail?.['more']).to.equal(31);
    stored.away = true;
    expect(await codeOf(live.refresh())).to.equal('temporarily_unavailable');
    expect(live.budgets()).to.deep.equal({ owners });
    stored.away = false;
    await operations.reset(CONTEXT);
    expect(live.budgets()).to.deep.equal(CONFIGURED);
  });

  it('that cannot be read leave in force what was, are shown as such, and are replaced under their version', async () => {
    const { operations, live, stored, events } = subject();
    await operations.put(PUT, 0, undefined, CONTEXT);
    stored.document = { version: 7, fault: 'malformed' };
    expect(await codeOf(live.refresh())).to.equal('temporarily_unavailable');
    expect([live.budgets(), live.fault()]).to.deep.equal([PUT, 'malformed']);
    expect(await operations.show()).to.deep.equal({
      ...{ version: 7, source: 'unreadable', fault: 'malformed' },
      ...{ limits: PUT, cost: COST, configured: { ...CONFIGURED, cost: COST } },
    });
    expect(await codeOf(operations.put(CONFIGURED, 1, undefined, CONTEXT))).to.equal('conflict');
    const mended = await operations.put(CONFIGURED, 7, undefined, CONTEXT);
    expect(mended).to.deep.equal({
      ...{
        version: 8,
        source: 'api',
        limits: CONFIGURED,
        cost: COST,
        configured: { ...CONFIGURED, cost: COST },
      },
    });
    expect([live.budgets(), live.fault()]).to.deep.equal([CONFIGURED, undefined]);
    expect(events[1]?.detail).to.deep.equal({
      ...{ version: 8, source: 'api', mended: 'malformed' },
      changes: [
        { budget: 'owners.acme', from: PUT.owners['acme'], to: null },
        { budget: 'global', from: null, to: CONFIGURED.global },
      ],
    });
  });

  it('are unknown until they could be read once, and until then nothing is admitted', async () => {
    const { operations, live, stored, events } = subject();
    stored.document = { version: 0, fault: 'not_json' };
    await codeOf(live.refresh());
    expect(live.known()).to.equal(undefined);
    expect(() => live.budgets())
      .to.throw(CountersignError)
      .with.property('fields');
    expect(await operations.show()).to.not.have.property('limits');
    expect(await operations.reset(CONTEXT)).to.include({ version: 1, source: 'config' });
    expect(live.budgets()).to.deep.equal(CONFIGURED);
    expect(events[0]?.detail?.['changes']).to.deep.equal([
      ...Object.entries(COST).map(([cost, to]) => ({ cost, from: null, to })),
      { budget: 'global', from: null, to: CONFIGURED.global },
    ]);
  });

  it('change what requests cost, one risk at a time, and fall back to the configuration', async () => {
    const { operations, live, events } = subject();
    await live.refresh();
    expect(live.costs()).to.deep.equal(COST);
    const put = await operations.put({ ...CONFIGURED, cost: { high: 9 } }, 0, 'drill', CONTEXT);
    expect(put.cost).to.deep.equal({ ...COST, high: 9 });
    expect(put.limits?.cost).to.deep.equal({ high: 9 });
    expect(live.costs()).to.deep.equal({ ...COST, high: 9 });
    await operations.put({ ...CONFIGURED, cost: { low: 3 } }, 1, undefined, CONTEXT);
    expect(live.costs()).to.deep.equal({ ...COST, low: 3 });
    expect((await operations.reset(CONTEXT)).cost).to.deep.equal(COST);
    expect(live.costs()).to.deep.equal(COST);
    expect(events.map(({ detail }) => detail?.['changes'])).to.deep.equal([
      [{ cost: 'high', from: 2, to: 9 }],
      [
        { cost: 'low', from: 1, to: 3 },
        { cost: 'high', from: 9, to: 2 },
      ],
      [{ cost: 'low', from: 3, to: 1 }],
    ]);
  });

  it('that were stored are believed only when they have their shape', () => {
    const limit = { per_minute: 1, burst: 1 };
    expect(isPutLimits({ owners: { a: limit }, owner: limit, global: limit })).to.equal(true);
    for (const cost of [{}, { low: 1, medium: 2, high: 3, critical: 1000 }]) {
      expect(isPutLimits({ owners: {}, cost }), JSON.stringify(cost)).to.equal(true);
    }
    for (const bad of [
      ...[null, [], 3, { low: 0 }, { low: 1.5 }, { low: '1' }, { high: 1001 }, { other: 1 }].map(
        (cost) => ({ owners: {}, cost }),
      ),
      ...[null, [], 'x', {}, { owners: [] }, { owners: { a: null } }, { owners: {}, owner: null }],
      ...[{ per_minute: 0, burst: 1 }, { per_minute: 1.5, burst: 1 }, { per_minute: 1 }].map(
        (global) => ({ owners: {}, global }),
      ),
    ]) {
      expect(isPutLimits(bad), JSON.stringify(bad)).to.equal(false);
    }
  });
});
