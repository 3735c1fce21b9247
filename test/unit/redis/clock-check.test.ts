import { expect } from 'chai';
import { clockCheck, doubtDetail } from '../../../src/app/clock-check.js';
import type { StoreContext } from '../../../src/redis/context.js';
import { createKeys } from '../../../src/redis/keys.js';
import type { ScriptReply, ScriptRunner } from '../../../src/redis/scripts.js';
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

describe('the readiness of the clocks in a Cluster', () => {
  const keys = createKeys('cs');
  const away = new Error('MISCONF no disk');

  /** Asks four shards and the control slot; those of `failing` are on a primary that is away. */
  function check(
    failing: readonly (number | 'control')[],
    reply: ScriptReply = ['TRUSTED'],
    end: () => Promise<ScriptReply> = () => Promise.reject(away),
  ): Promise<{ ok: boolean; detail: string }> {
    const metas = new Set(failing.map((slot) => keys.meta(slot)));
    const runner = {
      clockText: () => '',
      run: (_: string, [meta = '']: readonly string[]) =>
        metas.has(meta) ? end() : Promise.resolve(reply),
    } as unknown as ScriptRunner;
    return clockCheck({ runner, keys, shards: 4 } satisfies StoreContext).check();
  }

  it('is ready while some slots do not answer, and says how many and why', async () => {
    expect(await check([1, 2])).to.deep.equal({
      ok: true,
      detail: 'agrees with the store; 2 of 5 slots do not answer: MISCONF no disk',
    });
    const hanging = await check([3], undefined, () => new Promise(() => undefined));
    expect(hanging.ok).to.equal(true);
    expect(hanging.detail).to.match(/1 of 5 slots do not answer: no answer within/);
  });

  it('is ready without the control slot, and says what does not work', async () => {
    const { ok, detail } = await check(['control', 0]);
    expect(ok).to.equal(true);
    expect(detail).to.match(/one is the control slot, so only revocations by token and grant work/);
  });

  it('is not ready without any answer, and says why', async () => {
    expect(await check(['control', 0, 1, 2, 3])).to.deep.equal({
      ok: false,
      detail: 'the clocks of the store cannot be read: MISCONF no disk',
    });
  });

  it('is not ready while one that answers is in doubt', async () => {
    const { ok, detail } = await check([1, 2], ['DOUBTED', 'skew', 60_000]);
    expect(ok).to.equal(false);
    expect(detail).to.match(/^the clock of Redis is 60 s ahead.*; 2 of 5 slots do not answer/);
  });
});

describe('the bound of the difference between clocks', () => {
  it('is as configured, and at least twice the deadline of a command', () => {
    expect(nodeClock(5000, 250).boundMs).to.equal(5000);
    expect(nodeClock(5000, 10_000).boundMs).to.equal(20_000);
  });
});
