import { expect } from 'chai';
import { createFailureBrake } from '../../../src/identity/brake.js';
import { sourceKey } from '../../../src/identity/source-address.js';
import { caught } from '../request/caught.js';

const pair = { capacity: 2, perSecond: 0.5 };
const source = { capacity: 5, perSecond: 1 };

function brakeAt(maxEntries = 100) {
  const time = { ms: 0 };
  const clock = { nowMs: () => time.ms };
  return { time, brake: createFailureBrake({ clock, pair, source, maxEntries }) };
}

describe('the brake on failed authentication', () => {
  it('lets a pair fail as often as its budget, then says how long to wait', () => {
    const { brake, time } = brakeAt();
    brake.charge('192.0.2.1', 'a');
    brake.check('192.0.2.1', 'a');
    brake.charge('192.0.2.1', 'a');
    const error = caught(() => {
      brake.check('192.0.2.1', 'a');
    });
    expect(error.code).to.equal('slow_down');
    expect(error.fields.retryAfterSeconds).to.equal(2);
    time.ms += 1999;
    expect(
      caught(() => {
        brake.check('192.0.2.1', 'a');
      }).fields.retryAfterSeconds,
    ).to.equal(1);
    time.ms += 1;
    brake.check('192.0.2.1', 'a');
  });

  it('brakes a source over all its ids', () => {
    const { brake } = brakeAt();
    for (let i = 0; i < 5; i++) brake.charge('192.0.2.1', `a${String(i)}`);
    caught(() => {
      brake.check('192.0.2.1', 'new');
    });
    brake.check('192.0.2.2', 'new');
  });

  it('overdraws by a full bucket at most', () => {
    const { brake } = brakeAt();
    for (let i = 0; i < 1000; i++) brake.charge('192.0.2.1', 'a');
    const { fields } = caught(() => {
      brake.check('192.0.2.1', 'a');
    });
    expect(fields.retryAfterSeconds).to.equal(6);
  });

  it('never has more than its capacity, and a clock that steps back gives nothing', () => {
    const { brake, time } = brakeAt();
    brake.charge('192.0.2.1', 'a');
    time.ms += 1_000_000;
    brake.charge('192.0.2.1', 'a');
    brake.charge('192.0.2.1', 'a');
    caught(() => {
      brake.check('192.0.2.1', 'a');
    });
    time.ms -= 500_000;
    // Nothing is taken either: the wait is what it was.
    const { fields } = caught(() => {
      brake.check('192.0.2.1', 'a');
    });
    expect(fields.retryAfterSeconds).to.equal(2);
  });

  it('forgets the least recently used', () => {
    const { brake } = brakeAt(2);
    for (const id of ['a', 'a', 'b', 'c']) brake.charge('192.0.2.1', id);
    brake.check('192.0.2.1', 'a');
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
