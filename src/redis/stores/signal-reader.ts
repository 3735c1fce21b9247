import { shardOfAgent } from '../../domain/shard.js';
import type { SignalReader } from '../../domain/signal-ports.js';
import {
  TERM_NAMES,
  type SignalPrior,
  type SignalProfile,
  type SignalTerm,
} from '../../domain/signals.js';
import { eventText, type StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/** The script's description of a state; `terms` are value, expected and score of each, in one row. */
interface Described {
  readonly version: number;
  /** Why the state was unreadable; empty when it was readable. */
  readonly fault: string;
  readonly learning: boolean;
  readonly events: number;
  readonly since_ms: number;
  readonly anomaly: number;
  readonly terms: readonly number[];
  readonly weekday: readonly number[];
  readonly weekend: readonly number[];
  readonly learned: SignalPrior;
  readonly state_bytes: number;
  readonly state: Readonly<Record<string, unknown>>;
}

/** Creates the reader of signal states, each in the shard of its agent's id. */
export function createSignalReader({ runner, keys, shards }: StoreContext): SignalReader {
  const describe = async (agentId: string): Promise<Described | undefined> => {
    const shard = shardOfAgent(agentId, shards);
    const reply = await runner.run(
      'describeSignals',
      [keys.meta(shard), keys.signals(shard, agentId)],
      [runner.clockText()],
    );
    if (reply[0] === 'NONE') return undefined;
    if (reply[0] !== 'DESCRIBED') throw unexpectedReply('describeSignals', reply);
    return JSON.parse(String(reply[1])) as Described;
  };
  return {
    async read(agentId) {
      const described = await describe(agentId);
      return described && profileOf(described);
    },
    async export(agentId) {
      const described = await describe(agentId);
      return described && { ...profileOf(described), ...described.state };
    },
    async reset(agentId, event) {
      const shard = shardOfAgent(agentId, shards);
      const reply = await runner.run(
        'resetSignals',
        [keys.meta(shard), keys.audit(shard), keys.signals(shard, agentId)],
        [runner.opening(), eventText(event)],
      );
      if (reply[0] !== 'RESET') throw unexpectedReply('resetSignals', reply);
    },
  };
}

function profileOf(described: Described): SignalProfile {
  const { version, learning, events, since_ms, anomaly, learned, state_bytes } = described;
  const { fault, weekday, weekend } = described;
  return {
    ...(fault === '' ? {} : { fault }),
    ...{ version, learning, events, since_ms, anomaly },
    terms: allTerms(described.terms),
    profile: { weekday, weekend },
    ...{ learned, state_bytes },
  };
}

function allTerms(row: readonly number[]): SignalTerm[] {
  return TERM_NAMES.map((name, at) => ({
    name,
    value: row[at * 3] ?? 0,
    expected: row[at * 3 + 1] ?? 0,
    score: row[at * 3 + 2] ?? 0,
  })).sort((a, b) => b.score - a.score);
}
