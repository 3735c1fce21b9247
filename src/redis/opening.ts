import { randomBytes } from 'node:crypto';

/** The clock of this node, and the largest difference to the clock of Redis that its scripts accept. */
export interface NodeClock {
  /** Returns milliseconds since the Unix epoch. */
  readonly nowMs: () => number;
  readonly boundMs: number;
}

/** Default of `redis.max_clock_skew_ms`. */
const DEFAULT_BOUND_MS = 5000;

export const NODE_CLOCK: NodeClock = { nowMs: () => Date.now(), boundMs: DEFAULT_BOUND_MS };

/**
 * Returns the clock with the configured bound, or a larger one.
 * The time is read before the send, and a command may reach Redis up to its deadline later. Twice the deadline leaves
 * half of the bound to the clocks.
 */
export function nodeClock(maxSkewMs: number, commandTimeoutMs: number): NodeClock {
  return { ...NODE_CLOCK, boundMs: Math.max(maxSkewMs, 2 * commandTimeoutMs) };
}

/** Returns the time and the bound as scripts read them. */
export function clockText({ nowMs, boundMs }: NodeClock): string {
  return `${String(Math.floor(nowMs()))} ${String(boundMs)}`;
}

/** Returns the first argument of a writing script: a candidate epoch, the node's clock and the bound. */
export function openingText(clock: NodeClock): string {
  return `${candidateEpoch()} ${clockText(clock)}`;
}

let nonces: string[] = [];

/**
 * Returns a candidate for a shard's next epoch: 128 random bits.
 * Drawn in bulk, since every write offers one.
 */
function candidateEpoch(): string {
  if (nonces.length === 0) {
    const hex = randomBytes(16 * 64).toString('hex');
    nonces = Array.from({ length: 64 }, (_, i) => hex.slice(i * 32, i * 32 + 32));
  }
  return nonces.pop() ?? randomBytes(16).toString('hex');
}
