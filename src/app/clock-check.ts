import { within } from '../domain/deadline.js';
import type { ReadinessCheck } from '../domain/readiness.js';
import type { StoreContext } from '../redis/context.js';
import { readDoubtedShards, type DoubtedShard } from '../redis/stores/clock-status.js';

/** Part of the one-second readiness check, in milliseconds. */
const READ_MS = 800;

/** Creates the readiness check of the clocks: every shard grants. Names the difference otherwise. */
export function clockCheck(context: StoreContext): ReadinessCheck {
  return {
    name: 'clock',
    check: async () => {
      try {
        const doubted = await within(READ_MS, readDoubtedShards(context));
        if (doubted.length === 0) return { ok: true, detail: 'agrees with the store' };
        return { ok: false, detail: doubtDetail(doubted, context.shards + 1) };
      } catch {
        return { ok: false, detail: 'the clock of the store cannot be read' };
      }
    },
  };
}

/** Returns why shards grant nothing, and the remedy. `slots` counts the shards and the control slot. */
export function doubtDetail(doubted: readonly DoubtedShard[], slots: number): string {
  const skew = farthest(doubted, 'skew');
  if (skew !== undefined) {
    const way = skew > 0 ? 'ahead of' : 'behind';
    return `the clock of Redis is ${seconds(skew)} ${way} this machine's clock: nothing is granted until both are synchronised with NTP`;
  }
  const ahead = farthest(doubted, 'ahead') ?? 0;
  const count = `${String(doubted.length)} of ${String(slots)} slots`;
  return `the tick of ${count} is up to ${seconds(ahead)} ahead of the clock of Redis: they grant nothing until then, or until \`countersign store reset-clock\``;
}

/** Returns the difference of this kind that is farthest from 0. */
function farthest(
  doubted: readonly DoubtedShard[],
  kind: DoubtedShard['doubt'],
): number | undefined {
  const off = doubted.filter(({ doubt }) => doubt === kind).map(({ offMs }) => offMs);
  return off.sort((a, b) => Math.abs(b) - Math.abs(a))[0];
}

function seconds(ms: number): string {
  return `${String(Math.round(Math.abs(ms) / 1000))} s`;
}
