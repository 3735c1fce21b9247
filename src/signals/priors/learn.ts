import type { Clock } from '../../domain/clock.js';
import { DEFAULT_CLASS } from '../../domain/records.js';
import type { AgentStore } from '../../domain/registry-ports.js';
import type { PriorStore, SignalReader } from '../../domain/signal-ports.js';
import type { SignalPrior } from '../../domain/signals.js';
import { MAX_CLASSES, parsePriors, priorsText, type LearnedPrior } from './document.js';
import { clampPrior, isUsable, medianPrior } from './prior.js';

export interface LearnPriorsDeps {
  readonly store: PriorStore;
  readonly agents: Pick<AgentStore, 'read'>;
  readonly reader: Pick<SignalReader, 'read'>;
  readonly shards: number;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Ends the learning between two batches of agents, without a result. */
  readonly stopping?: AbortSignal;
}

/** Maximum number of agents in one run, over all shards. */
const MAX_AGENTS = 5_000;
const MAX_PER_CLASS = 200;
/** Minimum sample of a class: fewer are not representative, and few agents could distort it. */
export const MIN_PER_CLASS = 20;
/** Agents read concurrently. */
const AT_A_TIME = 20;
/** An agent above this score is excluded. */
const MAX_ANOMALY = 0.5;
/** Retention of a learned class with too few agents in this run's sample, in milliseconds. */
const KEEP_MS = 7 * 86_400_000;

/**
 * Learns the prior of each class from a sample of its warm agents, for use by new agents.
 * Returns how many classes were learned. Throws when the store is unreachable, or no agent was readable.
 */
export async function learnPriors(deps: LearnPriorsDeps): Promise<number> {
  const samples = await sampleFleet(deps);
  if (deps.stopping?.aborted === true) return 0;
  const nowMs = deps.clock.nowMs();
  const before = await deps.store.read();
  const classes = new Map<string, LearnedPrior>();
  for (const [name, known] of (before === undefined ? undefined : parsePriors(before)) ?? []) {
    if (nowMs - known.learned_at_ms < KEEP_MS) classes.set(name, known);
  }
  let learned = 0;
  for (const [name, priors] of samples) {
    if (priors.length < MIN_PER_CLASS) continue;
    const prior = clampPrior(medianPrior(priors));
    classes.set(name, { prior, agents: priors.length, learned_at_ms: nowMs });
    learned++;
  }
  const text = priorsText(classes);
  if (text !== before && (classes.size > 0 || before !== undefined)) await deps.store.write(text);
  return learned;
}

/** Samples warm agents by class. Shards are shuffled, so that no fixed shard comes first. */
async function sampleFleet(deps: LearnPriorsDeps): Promise<ReadonlyMap<string, SignalPrior[]>> {
  const samples = new Map<string, SignalPrior[]>();
  const perShard = Math.max(1, Math.ceil(MAX_AGENTS / deps.shards));
  let seen = 0;
  let failure: unknown;
  for (const shard of shuffled(deps.shards, deps.random)) {
    const ids = await deps.store.sample(shard, perShard);
    for (let at = 0; at < ids.length; at += AT_A_TIME) {
      if (deps.stopping?.aborted === true) return samples;
      const looks = ids.slice(at, at + AT_A_TIME).map((id) => look(deps, id, samples));
      for (const outcome of await Promise.allSettled(looks)) {
        // One unreadable state must not stop the learning.
        if (outcome.status === 'fulfilled') seen++;
        else failure = outcome.reason;
      }
    }
  }
  if (seen === 0 && failure !== undefined) throw asError(failure);
  return samples;
}

async function look(
  { agents, reader }: LearnPriorsDeps,
  id: string,
  samples: Map<string, SignalPrior[]>,
): Promise<void> {
  const agent = await agents.read(id);
  if (agent?.status !== 'active') return;
  const name = agent.spec.class ?? DEFAULT_CLASS;
  // Checked before and after the read: others are read concurrently.
  const hasRoom = (): boolean => {
    const known = samples.get(name);
    return known === undefined ? samples.size < MAX_CLASSES : known.length < MAX_PER_CLASS;
  };
  if (!hasRoom()) return;
  const profile = await reader.read(id);
  if (profile === undefined || profile.learning || profile.anomaly >= MAX_ANOMALY) return;
  if (!isUsable(profile.learned) || !hasRoom()) return;
  samples.set(name, [...(samples.get(name) ?? []), profile.learned]);
}

function shuffled(count: number, random: () => number): readonly number[] {
  const order = Array.from({ length: count }, (_, at) => ({ at, by: random() }));
  return order.sort((a, b) => a.by - b.by).map(({ at }) => at);
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
