import { expect } from 'chai';
import type { LimitsDocument, StoredLimits } from '../../../src/domain/budget-ports.js';
import { createAuditStreams } from '../../../src/redis/stores/audit-streams.js';
import { createLimitsStore } from '../../../src/redis/stores/limits-store.js';
import { useRedis, useStore } from '../../support/use-store.js';

const LIMITS: LimitsDocument['limits'] = { owners: { acme: { per_minute: 60, burst: 6 } } };
const EVENT = { type: 'limits.changed', principal: { kind: 'admin', id: 'ann' } } as const;

describe('the stored limits', function () {
  this.timeout(60_000);
  const redis = useRedis();
  const store = useStore(redis);

  const limits = () => createLimitsStore(store.context);
  const key = () => store.context.keys.limits;
  const told = ({ version, limits: found, fault }: StoredLimits): unknown[] => [
    ...[version, found, fault],
  ];
  const recorded = async () =>
    (await createAuditStreams(store.context).read('control', '0-0', 100)).flatMap(
      ({ events }) => events,
    );

  it('are replaced while they are what was read, with their event', async () => {
    const before = await limits().read();
    expect(told(before)).to.deep.equal([0, null, undefined]);
    const next = { version: 1, limits: LIMITS };
    expect(await limits().replace(before, next, EVENT)).to.equal(true);
    expect(told(await limits().read())).to.deep.equal([1, LIMITS, undefined]);
    expect(await limits().replace(before, { version: 1, limits: null }, EVENT)).to.equal(false);
    expect(told(await limits().read())).to.deep.equal([1, LIMITS, undefined]);
    expect(await recorded()).to.have.length(1);
  });

  const text = (value: string | Buffer) => () => store.client.set(key(), value);
  for (const [what, spoil, version, fault] of [
    ['no JSON', text('{"version":3,'), 0, 'not_json'],
    ['bytes that are no text', text(Buffer.from([0xff, 0xfe, 0x00])), 0, 'not_json'],
    ['nothing', text(''), 0, 'not_json'],
    ['null', text('null'), 0, 'malformed'],
    ['a list', text('[]'), 0, 'malformed'],
    ['no version', text('{"limits":null}'), 0, 'malformed'],
    ['a version that is a text', text('{"version":"3","limits":null}'), 0, 'malformed'],
    ['half a version', text('{"version":1.5,"limits":null}'), 0, 'malformed'],
    ['a version no tag can name', text('{"version":1e15,"limits":null}'), 0, 'malformed'],
    ['no limits', text('{"version":3}'), 3, 'malformed'],
    ['a budget of nothing', text(budgetOf(0)), 3, 'malformed'],
    ['a number only one parser reads', text('{"version":0x3,"limits":null}'), 0, 'not_json'],
    ['a hash', () => store.client.hset(key(), 'a', '1'), 0, 'other_type'],
    ['a list of Redis', () => store.client.lpush(key(), 'a'), 0, 'other_type'],
    ['a stream', () => store.client.xadd(key(), '*', 'a', '1'), 0, 'other_type'],
  ] as const) {
    it(`that are ${what} are said to be unreadable, and replaced like any other`, async () => {
      await spoil();
      const before = await limits().read();
      expect(told(before)).to.deep.equal([version, undefined, fault]);
      const next = { version: version + 1, limits: LIMITS };
      expect(await limits().replace(before, next, EVENT)).to.equal(true);
      expect(told(await limits().read())).to.deep.equal([version + 1, LIMITS, undefined]);
      expect(await limits().replace(before, next, EVENT)).to.equal(false);
      expect(await recorded()).to.have.length(1);
    });
  }

  it('that are corrupted between a read and a change are not replaced', async () => {
    const before = await limits().read();
    await store.client.hset(key(), 'a', '1');
    expect(await limits().replace(before, { version: 1, limits: LIMITS }, EVENT)).to.equal(false);
    expect(await store.client.type(key())).to.equal('hash');
    expect(await recorded()).to.deep.equal([]);
  });
});

function budgetOf(burst: number): string {
  return JSON.stringify({ version: 3, limits: { owners: {}, global: { per_minute: 1, burst } } });
}
