import { hash } from 'node:crypto';
import { unavailable } from '../../domain/errors.js';
import type { GatherRequest, GatherResult, SignalGatherer } from '../../domain/ports.js';
import { DEFAULT_CLASS, type AgentRecord, type RateLimit } from '../../domain/records.js';
import { revocationField } from '../../domain/revocation.js';
import { shardOfAgent } from '../../domain/shard.js';
import { intervalMicros, type RateState } from '../../domain/budget.js';
import { resourceItem, scopeItem } from '../../domain/signal-items.js';
import { DEFAULT_PRIOR, type SignalPrior } from '../../domain/signals.js';
import type { StoreContext } from '../context.js';
import { unexpectedReply, type ScriptReply } from '../scripts.js';
import { termsOf } from './signal-terms.js';

const MODES: Readonly<Record<string, number>> = { true: 1, false: 0, peek: 2 };

/**
 * Creates the gather: counts the request and reads the state for its decision in one round trip to the
 * agent's shard.
 */
export function createSignalGatherer(
  { runner, keys, shards }: StoreContext,
  rateOf: (agent: AgentRecord) => RateLimit,
  priorOf: (agentClass: string) => SignalPrior = () => DEFAULT_PRIOR,
): SignalGatherer {
  return {
    async gather(request) {
      const { agent, resource } = request;
      const id = agent.spec.id;
      const shard = shardOfAgent(id, shards);
      const rate = rateOf(agent);
      const reply = await runner.run(
        'gatherSignals',
        [
          keys.meta(shard),
          keys.agent(shard, id),
          keys.signals(shard, id),
          keys.bucket(shard, id),
          keys.resourceBucket(shard, id, resource),
          keys.revocations(shard),
          keys.lastRequest(shard, id),
        ],
        [
          runner.opening(),
          agent.version,
          MODES[String(request.count)] ?? 0,
          ...charges(rate, request.cost ?? 1),
          ...items(request),
          request.honeyScopes,
          ...prior(priorOf(agent.spec.class ?? DEFAULT_CLASS)),
          ...repetition(request),
          ...revocations(request),
        ],
      );
      if (reply[0] === 'AGENT_CHANGED') return { state: 'agent_changed' };
      if (reply[0] === 'NOT_A_NUMBER') throw unavailable('the anomaly score is not a number');
      if (reply[0] !== 'GATHERED') throw unexpectedReply('gatherSignals', reply);
      return gathered(reply, rate);
    },
  };
}

/**
 * Returns charge and depth of both buckets in whole microseconds.
 * The interval is rounded up, so that the rate never exceeds the configured one. A request larger than a bucket takes
 * all of it; otherwise it could never be admitted.
 */
function charges(rate: RateLimit, cost: number): number[] {
  const of = (interval: number, burst: number): number[] => [
    interval * Math.min(cost, burst),
    interval * burst,
  ];
  return [
    ...of(intervalMicros(rate.per_minute), rate.burst),
    ...of(intervalMicros(rate.resource_per_minute), rate.resource_burst),
  ];
}

function prior(of: SignalPrior): number[] {
  return [of.requests_10m, of.dispersion, of.denial_share, of.novelty_share];
}

/** Returns the positions in the Bloom filters: one run for the scopes, one for the resource. */
function items({ scopes, resource }: GatherRequest): [Buffer, Buffer] {
  return [
    Buffer.concat(scopes.map((scope) => filterBits(scopeItem(resource, scope)))),
    filterBits(resourceItem(resource)),
  ];
}

/** Returns the revocation fields of the request's agent and declared context. */
function revocations({ agent, declared }: GatherRequest): string[] {
  const { session_id, task_id, user_id } = declared ?? {};
  return [
    revocationField('agent', agent.spec.id),
    ...(session_id === undefined ? [] : [revocationField('session', session_id)]),
    ...(task_id === undefined ? [] : [revocationField('task', task_id)]),
    ...(user_id === undefined ? [] : [revocationField('user', user_id)]),
  ];
}

const LETTERS: Readonly<Record<string, string>> = {
  client_secret_basic: 'b',
  client_secret_post: 'p',
  evaluation: 'e',
};
const OTHER_METHOD = 'o';

/** Returns the digest under which a request repeats another, and the letter of its method. */
function repetition({ resource, scopes, sent }: GatherRequest): [string, string] {
  if (sent === undefined) return ['', OTHER_METHOD];
  const same = JSON.stringify([resource, [...scopes].sort(), sent.clientFingerprint ?? '']);
  return [hash('sha256', same, 'base64url'), LETTERS[sent.by] ?? OTHER_METHOD];
}

/** Encodes an item's four positions in a filter of 1,024 bits as pairs of byte offset and bit mask. */
function filterBits(positions: Buffer): Buffer {
  const bits = Buffer.from(positions);
  for (let at = 0; at < 8; at += 2) {
    const [high = 0, low = 0] = bits.subarray(at, at + 2);
    bits[at] = (high % 4) * 32 + (low >> 3);
    bits[at + 1] = 1 << (low & 7);
  }
  return bits;
}

/** Index of the first term in the reply. */
const FIRST_TERM = 23;

/**
 * Returns the score, a whole number in 1e-15 in the reply.
 * Throws 503 when it is not a number in [0, 1).
 */
function anomalyOf(reply: ScriptReply): number {
  const anomaly = typeof reply[19] === 'number' ? reply[19] / 1e15 : NaN;
  if (!(anomaly >= 0 && anomaly < 1)) throw unavailable('the anomaly score is not in [0, 1)');
  return anomaly;
}

function gathered(reply: ScriptReply, rate: RateLimit): GatherResult {
  const number = (index: number): number => {
    const value = reply[index];
    if (typeof value !== 'number') throw unexpectedReply('gatherSignals', reply);
    return value;
  };
  return {
    state: 'gathered',
    epoch: String(reply[1]),
    basis: number(2),
    tickMs: number(3),
    generations: { registry: number(4), policy: number(5), keyring: number(6) },
    status: String(reply[7]) as AgentRecord['status'],
    signals: {
      requests_10m: number(8),
      requests_2h: number(9),
      denials_60m: number(10),
      first_seen_scopes_60m: number(11),
      first_seen_resources_60m: number(12),
      first_seen_now: number(13) > 0,
      anomaly: anomalyOf(reply),
      learning: number(20) === 1,
      terms: termsOf(reply.slice(FIRST_TERM)),
    },
    ...(reply[21] === '' ? {} : { rebuilt: String(reply[21]) }),
    ...(reply[22] === 1 ? { repeats: true } : {}),
    rate: rateState(rate, number),
  };
}

function rateState(rate: RateLimit, number: (index: number) => number): RateState {
  const pair = number(18) === 2;
  const perMinute = pair ? rate.resource_per_minute : rate.per_minute;
  return {
    limited: number(14) !== 0,
    bucket: pair ? 'agent_resource' : 'agent',
    limit: pair ? rate.resource_burst : rate.burst,
    perMinute,
    remaining: Math.floor(number(15) / intervalMicros(perMinute)),
    retryAfterMs: Math.ceil(number(16) / 1000),
    resetMs: Math.ceil(number(17) / 1000),
  };
}
