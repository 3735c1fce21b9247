import { expect } from 'chai';
import { doubtDetail } from '../../../src/app/clock-check.js';
import { nodeClock } from '../../../src/redis/opening.js';

describe('the readiness detail of the clocks', () => {
  it('names the largest difference between Redis and this machine, and its direction', () => {
    const skew = (shard: number, offMs: number) => ({ shard, doubt: 'skew' as const, offMs });
    const ahead = { shard: 'control' as const, doubt: 'ahead' as const, offMs: 9_000_000 };
    expect(doubtDetail([ahead, skew(0, 6000), skew(1, 7_200_000)], 65)).to.equal(
      "the clock of Redis is 7200 s ahead of this machine's clock: nothing is granted until both are synchronised with NTP",
    );
    expect(doubtDetail([skew(0, -7000)], 65)).to.match(/^the clock of Redis is 7 s behind this/);
  });

  it('counts the slots with a tick ahead, and names the repair', () => {
    const ahead = [1, 2].map((shard) => ({
      shard,
      doubt: 'ahead' as const,
      offMs: shard * 60_000,
    }));
    expect(doubtDetail(ahead, 65)).to.equal(
      'the tick of 2 of 65 slots is up to 120 s ahead of the clock of Redis: they grant nothing until then, or until `countersign store reset-clock`',
    );
  });
});

describe('the bound of the difference between clocks', () => {
  it('is as configured, and at least twice the deadline of a command', () => {
    expect(nodeClock(5000, 250).boundMs).to.equal(5000);
    expect(nodeClock(5000, 10_000).boundMs).to.equal(20_000);
  });
});
