import { createHash } from 'node:crypto';
import type { GatherRequest, GatherResult, SignalGatherer } from '../../domain/ports.js';
import type { AgentRecord, RateLimit } from '../../domain/records.js';
import { shardOfAgent } from '../../domain/shard.js';
import { candidateEpoch, type StoreContext } from '../context.js';
import { unexpectedReply, type ScriptReply } from '../scripts.js';

const MODES: Readonly<Record<string, number>> = { true: 1, false: 0, peek: 2 };
const BUCKETS = [undefined, 'agent', 'agent_resource'] as const;

/** The gather: counts the request and reads all that deciding needs, in one round trip to the agent's shard. */
export function createSignalGatherer(
  { runner, keys, shards }: StoreContext,
  rateOf: (agent: AgentRecord) => RateLimit,
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
        ],
        [
          candidateEpoch(),
          agent.version,
          MODES[String(request.count)] ?? 0,
          ...limits(rate),
          ...items(request),
        ],
      );
      if (reply[0] === 'AGENT_CHANGED') return { state: 'agent_changed' };
      if (reply[0] !== 'GATHERED') throw unexpectedReply('gatherSignals', reply);
      return gathered(reply, rate);
    },
  };
}

/** Interval in whole microseconds, rounded up, so that the rate never exceeds what is configured. */
function limits(rate: RateLimit): number[] {
  return [
    Math.ceil(60_000_000 / rate.per_minute),
    rate.burst,
    Math.ceil(60_000_000 / rate.resource_per_minute),
    rate.resource_burst,
  ];
}

/** Positions in the Bloom filters: the first eight bytes of a digest, one run for the scopes and one for the resource. */
function items({ scopes, resource }: GatherRequest): [Buffer, Buffer] {
  return [
    Buffer.concat(scopes.map((scope) => position(`scope ${resource} ${scope}`))),
    position(`resource ${resource}`),
  ];
}

function position(item: string): Buffer {
  return createHash('sha1').update(item).digest().subarray(0, 8);
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
      anomaly: 0,
      learning: true,
      terms: [],
    },
    rate: {
      limited: number(14) !== 0,
      bucket: BUCKETS[number(14)],
      limit: number(18) === 2 ? rate.resource_burst : rate.burst,
      remaining: number(15),
      retryAfterMs: Math.ceil(number(16) / 1000),
      resetMs: Math.ceil(number(17) / 1000),
    },
  };
}
