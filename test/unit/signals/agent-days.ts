import { createHash } from 'node:crypto';
import { observe, type Score, type SignalEvent } from '../../../src/signals/model/observe.js';
import { emptyState, type State } from '../../../src/signals/model/state.js';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** A Monday at midnight. */
export const MONDAY_MS = Date.UTC(2026, 9, 12);
const NONE = new Uint8Array(0);

export const position = (item: string): Uint8Array =>
  createHash('sha1').update(item).digest().subarray(0, 8);

/** Equal numbers in every run (mulberry32, public domain). */
export function chance(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Ask {
  readonly scope?: string;
  readonly resource?: string;
  readonly honey?: number;
  readonly revokedMs?: number;
}

/** One agent under the model, and the highest score since it was last asked for. */
export class Agent {
  readonly state: State;
  highest = 0;

  constructor(startMs = MONDAY_MS) {
    this.state = emptyState(startMs);
  }

  ask(atMs: number, ask: Ask = {}): Score {
    const { scope = 'read', resource = 'stripe' } = ask;
    return this.#take(
      {
        ...{ requests: 1, denials: 0, misuse: 0 },
        ...{ honey: ask.honey ?? 0, revokedMs: ask.revokedMs ?? 0 },
        scopes: position(`scope ${resource} ${scope}`),
        resource: position(`resource ${resource}`),
      },
      atMs,
    );
  }

  deny(atMs: number): Score {
    return this.#take({ ...IDLE, denials: 1 }, atMs);
  }

  misused(atMs: number, callers: number): Score {
    return this.#take({ ...IDLE, misuse: callers }, atMs);
  }

  #take(event: SignalEvent, atMs: number): Score {
    const score = observe(this.state, event, atMs);
    this.highest = Math.max(this.highest, score.anomaly);
    return score;
  }

  /** Asks about `perDay` times in the hours from `from` to `to` of the day that starts at `dayMs`. */
  day(dayMs: number, perDay: number, random: () => number, from = 8, to = 18): void {
    const count = Math.round(perDay * (0.85 + 0.3 * random()));
    const times = Array.from({ length: count }, () => from + (to - from) * random());
    for (const hour of times.sort((a, b) => a - b)) this.ask(dayMs + hour * HOUR_MS);
  }
}

const IDLE: SignalEvent = {
  ...{ requests: 0, denials: 0, honey: 0, misuse: 0, revokedMs: 0 },
  ...{ scopes: NONE, resource: NONE },
};

/** An agent of office hours that was watched for three weeks. */
export function officeAgent(seed: number, perDay = 60): { agent: Agent; random: () => number } {
  const agent = new Agent();
  const random = chance(seed);
  for (let day = 0; day < 21; day++) {
    if (day % 7 < 5) agent.day(MONDAY_MS + day * DAY_MS, perDay, random);
  }
  agent.highest = 0;
  return { agent, random };
}
