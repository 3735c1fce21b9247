import { expect } from 'chai';
import type { FailureCharge, FailuresLeft } from '../../../src/domain/ports.js';
import { createFailureBrake } from '../../../src/identity/brake.js';
import { sourceKey } from '../../../src/identity/source-address.js';
import { from } from './fakes.js';

const pair = { capacity: 2, perSecond: 0.5 };
const source = { capacity: 5, perSecond: 1 };
const HERE = from('192.0.2.1');

function brakeAt(maxEntries = 100) {
  const time = { ms: 0 };
  const clock = { nowMs: () => time.ms };
  return { time, brake: createFailureBrake({ clock, pair, source, maxEntries }) };
}

describe('the brake on failed authentication', () => {
  it('lets a pair fail as often as its budget, then says how long to wait', () => {
    const { brake, time } = brakeAt();
    brake.charge(HERE, 'a');
    expect(brake.waitSeconds(HERE, 'a')).to.equal(0);
    brake.charge(HERE, 'a');
    expect(brake.waitSeconds(HERE, 'a')).to.equal(2);
    time.ms += 1999;
    expect(brake.waitSeconds(HERE, 'a')).to.equal(1);
    time.ms += 1;
    expect(brake.waitSeconds(HERE, 'a')).to.equal(0);
  });

  it('brakes a source over all its ids', () => {
    const { brake } = brakeAt();
    for (let i = 0; i < 5; i++) brake.charge(HERE, `a${String(i)}`);
    expect(brake.waitSeconds(HERE, 'new')).to.equal(1);
    expect(brake.waitSeconds(from('192.0.2.2'), 'new')).to.equal(0);
  });

  it('a failure at one endpoint does not charge another', () => {
    const { brake } = brakeAt();
    for (let i = 0; i < 20; i++) brake.charge(HERE, `a${String(i % 7)}`);
    expect(brake.waitSeconds(HERE, 'a0')).to.be.greaterThan(0);
    for (const endpoint of ['introspect', 'revoke', 'evaluate'] as const) {
      expect(brake.waitSeconds(from('192.0.2.1', endpoint), 'a0'), endpoint).to.equal(0);
    }
  });

  it('a pair over its budget does not use up what its neighbours share', () => {
    const { brake } = brakeAt();
    for (let i = 0; i < 100; i++) brake.charge(HERE, 'a');
    expect(brake.waitSeconds(HERE, 'a')).to.be.greaterThan(0);
    expect(brake.waitSeconds(HERE, 'neighbour')).to.equal(0);
  });

  it('overdraws by a full bucket at most', () => {
    const { brake } = brakeAt();
    for (let i = 0; i < 1000; i++) brake.charge(HERE, 'a');
    expect(brake.waitSeconds(HERE, 'a')).to.equal(6);
  });

  it('never has more than its capacity, and a clock that steps back gives nothing', () => {
    const { brake, time } = brakeAt();
    brake.charge(HERE, 'a');
    time.ms += 1_000_000;
    brake.charge(HERE, 'a');
    brake.charge(HERE, 'a');
    expect(brake.waitSeconds(HERE, 'a')).to.equal(2);
    time.ms -= 500_000;
    // Nothing is taken either: the wait is what it was.
    expect(brake.waitSeconds(HERE, 'a')).to.equal(2);
  });

  it('forgets the least recently used', () => {
    const { brake } = brakeAt(2);
    for (const id of ['a', 'a', 'b', 'c']) brake.charge(HERE, id);
    expect(brake.waitSeconds(HERE, 'a')).to.equal(0);
  });
});

describe('the brake over a counter that instances share', () => {
  function sharing(answer: (charge: FailureCharge) => Promise<FailuresLeft>) {
    const charges: FailureCharge[] = [];
    const shared = {
      charge: (charge: FailureCharge) => {
        charges.push(charge);
        return answer(charge);
      },
    };
    const clock = { nowMs: () => 0 };
    return { charges, brake: createFailureBrake({ clock, pair, source, shared }) };
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('asks it once for each failure, and for nothing else', async () => {
    const { brake, charges } = sharing(() => Promise.resolve({ pair: 1, source: 4 }));
    brake.waitSeconds(HERE, 'a');
    expect(charges).to.have.length(0);
    brake.charge(HERE, 'a');
    await settled();
    brake.waitSeconds(HERE, 'a');
    expect(charges).to.have.length(1);
    expect(charges[0]).to.deep.include({ source: '192.0.2.1', budgets: { pair, source } });
  });

  it('hears of the failures of others at its own next failure', async () => {
    const { brake } = sharing(() => Promise.resolve({ pair: 0, source: -3 }));
    brake.charge(HERE, 'a');
    expect(brake.waitSeconds(HERE, 'a')).to.equal(0);
    await settled();
    expect(brake.waitSeconds(HERE, 'a')).to.equal(4);
    expect(brake.waitSeconds(HERE, 'other')).to.equal(4);
  });

  it('is not loosened by a counter that lost what it knew', async () => {
    const { brake } = sharing(() => Promise.resolve({ pair: 2, source: 5 }));
    for (let i = 0; i < 3; i++) brake.charge(HERE, 'a');
    await settled();
    expect(brake.waitSeconds(HERE, 'a')).to.equal(4);
  });

  it('counts in process when the counter is away', async () => {
    const { brake } = sharing(() => Promise.reject(new Error('away')));
    for (let i = 0; i < 2; i++) brake.charge(HERE, 'a');
    await settled();
    expect(brake.waitSeconds(HERE, 'a')).to.equal(2);
  });

  it('keeps few charges under way at a counter that does not answer', () => {
    const { brake, charges } = sharing(() => new Promise(() => undefined));
    for (let i = 0; i < 1000; i++) brake.charge(HERE, `a${String(i)}`);
    expect(charges).to.have.length(32);
    expect(brake.waitSeconds(HERE, 'new')).to.equal(6);
  });
});

describe('sourceKey', () => {
  const keys: [string, string][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['2001:db8:0:1::5', '2001:db8:0:1::/64'],
    ['2001:0db8:0000:0001:ffff:0:0:1', '2001:db8:0:1::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
    ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4::/64'],
    ['', 'local'],
    ['x'.repeat(5000), 'local'],
  ];
  for (const [address, key] of keys) {
    it(`${address.slice(0, 40) || 'none'} → ${key}`, () => {
      expect(sourceKey(address)).to.equal(key);
    });
  }
});
