import { expect } from 'chai';
import type { FailureCharge, FailuresLeft } from '../../../src/domain/ports.js';
import { createFailureLimiter } from '../../../src/identity/failure-limiter.js';
import { sourceKey } from '../../../src/identity/source-address.js';
import { from } from './fakes.js';

const pair = { capacity: 2, perSecond: 0.5 };
const source = { capacity: 5, perSecond: 1 };
const HERE = from('192.0.2.1');

function limiterAt(maxEntries = 100) {
  const time = { ms: 0 };
  const clock = { nowMs: () => time.ms };
  return { time, limiter: createFailureLimiter({ clock, pair, source, maxEntries }) };
}

describe('the limiter of failed authentications', () => {
  it('lets a pair fail as often as its budget, then says how long to wait', () => {
    const { limiter, time } = limiterAt();
    limiter.charge(HERE, 'a');
    expect(limiter.waitSeconds(HERE, 'a')).to.equal(0);
    limiter.charge(HERE, 'a');
    expect(limiter.waitSeconds(HERE, 'a')).to.equal(2);
    time.ms += 1999;
    expect(limiter.waitSeconds(HERE, 'a')).to.equal(1);
    time.ms += 1;
    expect(limiter.waitSeconds(HERE, 'a')).to.equal(0);
  });

  it('brakes a source over all its ids', () => {
    const { limiter } = limiterAt();
    for (let i = 0; i < 5; i++) limiter.charge(HERE, `a${String(i)}`);
    expect(limiter.waitSeconds(HERE, 'new')).to.equal(1);
    expect(limiter.waitSeconds(from('192.0.2.2'), 'new')).to.equal(0);
  });

  it('a failure at one endpoint does not charge another', () => {
    const { limiter } = limiterAt();
    for (let i = 0; i < 20; i++) limiter.charge(HERE, `a${String(i % 7)}`);
    expect(limiter.waitSeconds(HERE, 'a0')).to.be.greaterThan(0);
    for (const endpoint of ['introspect', 'revoke', 'evaluate'] as const) {
      expect(limiter.waitSeconds(from('192.0.2.1', endpoint), 'a0'), endpoint).to.equal(0);
    }
  });

  it('a pair over its budget does not use up the budget of its source', () => {
    const { limiter } = limiterAt();
    for (let i = 0; i < 100; i++) limiter.charge(HERE, 'a');
    expect(limiter.waitSeconds(HERE, 'a')).to.be.greaterThan(0);
    expect(limiter.waitSeconds(HERE, 'neighbour')).to.equal(0);
  });

  it('overdraws by a full bucket at most', () => {
    const { limiter } = limiterAt();
    for (let i = 0; i < 1000; i++) limiter.charge(HERE, 'a');
    expect(limiter.waitSeconds(HERE, 'a')).to.equal(6);
  });

  it('never has more than its capacity, and a clock that steps back gives nothing', () => {
    const { limiter, time } = limiterAt();
    limiter.charge(HERE, 'a');
    time.ms += 1_000_000;
    limiter.charge(HERE, 'a');
    limiter.charge(HERE, 'a');
    expect(limiter.waitSeconds(HERE, 'a')).to.equal(2);
    time.ms -= 500_000;
    // Nothing is taken either: the wait is what it was.
    expect(limiter.waitSeconds(HERE, 'a')).to.equal(2);
  });

  it('forgets the least recently used', () => {
    const { limiter } = limiterAt(2);
    for (const id of ['a', 'a', 'b', 'c']) limiter.charge(HERE, id);
    expect(limiter.waitSeconds(HERE, 'a')).to.equal(0);
  });
});

describe('the limiter over a counter that instances share', () => {
  function sharing(answer: (charge: FailureCharge) => Promise<FailuresLeft>) {
    const charges: FailureCharge[] = [];
    const shared = {
      charge: (charge: FailureCharge) => {
        charges.push(charge);
        return answer(charge);
      },
    };
    const clock = { nowMs: () => 0 };
    return { charges, limiter: createFailureLimiter({ clock, pair, source, shared }) };
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('asks it once for each failure, and for nothing else', async () => {
    const { limiter, charges } = sharing(() => Promise.resolve({ pair: 1, source: 4 }));
    limiter.waitSeconds(HERE, 'a');
    expect(charges).to.have.length(0);
    limiter.charge(HERE, 'a');
    await settled();
    limiter.waitSeconds(HERE, 'a');
    expect(charges).to.have.length(1);
    expect(charges[0]).to.deep.include({ source: '192.0.2.1', budgets: { pair, source } });
  });

  it('hears of the failures of others at its own next failure', async () => {
    const { limiter } = sharing(() => Promise.resolve({ pair: 0, source: -3 }));
    limiter.charge(HERE, 'a');
    expect(limiter.waitSeconds(HERE, 'a')).to.equal(0);
    await settled();
    expect(limiter.waitSeconds(HERE, 'a')).to.equal(4);
    expect(limiter.waitSeconds(HERE, 'other')).to.equal(4);
  });

  it('is not loosened by a shared counter that lost its state', async () => {
    const { limiter } = sharing(() => Promise.resolve({ pair: 2, source: 5 }));
    for (let i = 0; i < 3; i++) limiter.charge(HERE, 'a');
    await settled();
    expect(limiter.waitSeconds(HERE, 'a')).to.equal(4);
  });

  it('counts in process when the counter is away', async () => {
    const { limiter } = sharing(() => Promise.reject(new Error('away')));
    for (let i = 0; i < 2; i++) limiter.charge(HERE, 'a');
    await settled();
    expect(limiter.waitSeconds(HERE, 'a')).to.equal(2);
  });

  it('keeps few charges under way at a counter that does not answer', () => {
    const { limiter, charges } = sharing(() => new Promise(() => undefined));
    for (let i = 0; i < 1000; i++) limiter.charge(HERE, `a${String(i)}`);
    expect(charges).to.have.length(32);
    expect(limiter.waitSeconds(HERE, 'new')).to.equal(6);
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
