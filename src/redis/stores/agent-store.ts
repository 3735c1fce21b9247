import type { AuditEvent } from '../../domain/audit.js';
import { unavailable } from '../../domain/errors.js';
import type { AgentRecord } from '../../domain/records.js';
import type { AgentStore, AgentWrite, AgentWriteOptions } from '../../domain/registry-ports.js';
import { revocationField } from '../../domain/revocation.js';
import { shardOfAgent } from '../../domain/shard.js';
import { eventText, type StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/** Creates the store of agents, each in the shard of its id. Start-up reads and scans none of them. */
export function createAgentStore(context: StoreContext): AgentStore {
  const { runner, keys, shards } = context;
  return {
    async read(id) {
      const shard = shardOfAgent(id, shards);
      const [status, version, doc] = await read(() =>
        runner.client.hmget(keys.agent(shard, id), 'status', 'version', 'doc'),
      );
      if (typeof status !== 'string' || typeof version !== 'string' || typeof doc !== 'string') {
        return undefined;
      }
      const stored = JSON.parse(doc) as Omit<AgentRecord, 'status' | 'version'>;
      return { ...stored, status: status as AgentRecord['status'], version: Number(version) };
    },
    write: (agent, expected, event, options = {}) =>
      write(context, agent, expected, event, options),
    async idsOfShard(shard, afterId, limit) {
      const min = afterId === '' ? '-' : `(${afterId}`;
      return read(() =>
        runner.client.zrange(keys.agents(shard), min, '+', 'BYLEX', 'LIMIT', 0, limit),
      );
    },
  };
}

async function write(
  { runner, keys, shards }: StoreContext,
  agent: AgentWrite,
  expectedVersion: number,
  event: AuditEvent,
  options: AgentWriteOptions,
): Promise<AgentRecord | undefined> {
  const { status, ...stored } = agent;
  const id = agent.spec.id;
  const shard = shardOfAgent(id, shards);
  const reply = await runner.run(
    'writeAgent',
    [
      keys.meta(shard),
      keys.audit(shard),
      keys.revocations(shard),
      keys.agent(shard, id),
      keys.agents(shard),
      keys.signals(shard, id),
    ],
    [
      runner.opening(),
      expectedVersion,
      id,
      status,
      JSON.stringify(stored),
      eventText(event),
      options.cutUnder === undefined ? '' : revocationField('agent', id),
      options.cutUnder ?? '',
      options.signals ?? '',
    ],
  );
  if (reply[0] === 'CONFLICT') return undefined;
  if (reply[0] !== 'WRITTEN') throw unexpectedReply('writeAgent', reply);
  return { ...agent, version: Number(reply[1]) };
}

async function read<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw unavailable('reading the agents failed', error);
  }
}
