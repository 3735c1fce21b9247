import { CLOCKS_UNREAD, type ReadinessCheck } from '../domain/readiness.js';
import type { StoreContext } from '../redis/context.js';
import { causeOf } from '../redis/failure.js';
import { readClocks, type ClockStatus, type DoubtedShard } from '../redis/stores/clock-status.js';

/** Part of the one-second readiness check, in milliseconds. */
const READ_MS = 800;

/** Creates the readiness check of the clocks: every shard that answers grants. Names the difference otherwise. */
export function clockCheck(context: StoreContext): ReadinessCheck {
  return {
    name: 'clock',
    check: async () => clockReadiness(await readClocks(context, READ_MS)),
  };
}

/**
 * Judges the slots that answered: a Cluster serves the agents of its other primaries while one is away.
 * The control slot is one of them, since no node can write it then. Not ready without any answer.
 */
export function clockReadiness({ doubted, unanswered, cause, slots }: ClockStatus): {
  readonly ok: boolean;
  readonly detail: string;
} {
  const missing = unanswered.length;
  const ok = doubted.length === 0 && missing < slots;
  if (missing === slots) return { ok, detail: `${CLOCKS_UNREAD}: ${causeOf(cause)}` };
  const judged = doubted.length === 0 ? 'agrees with the store' : doubtDetail(doubted, slots);
  if (missing === 0) return { ok, detail: judged };
  const without = `${String(missing)} of ${String(slots)} slots do not answer: ${causeOf(cause)}`;
  const control = unanswered.includes('control') ? `; ${WITHOUT_CONTROL}` : '';
  return { ok, detail: `${judged}; ${without}${control}` };
}

const WITHOUT_CONTROL =
  'one is the control slot, so only revocations by token and grant work, and no change of keys, policy or registry';

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
