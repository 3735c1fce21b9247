import type { EvaluationRecorder, EvaluationRecord } from '../../domain/ports.js';
import { revocationField, type RevocationDimension } from '../../domain/revocation.js';
import { shardOfAgent } from '../../domain/shard.js';
import { eventText, type StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/**
 * Creates the recorder of permits, under the predicate of the commit.
 * Throws 503: every answer is recorded first.
 */
export function createEvaluationRecorder({
  runner,
  keys,
  shards,
}: StoreContext): EvaluationRecorder {
  return {
    async recordPermit(request) {
      const { agent, generations, event } = request;
      const shard = shardOfAgent(agent.spec.id, shards);
      const reply = await runner.run(
        'recordPermit',
        [
          keys.meta(shard),
          keys.audit(shard),
          keys.revocations(shard),
          keys.agent(shard, agent.spec.id),
        ],
        [
          runner.opening(),
          generations.registry,
          generations.policy,
          generations.keyring,
          agent.version,
          JSON.stringify(recordOf(request)),
          eventText(event),
        ],
      );
      if (reply[0] === 'RECORDED') return { state: 'recorded' };
      if (reply[0] === 'MOVED') return { state: 'moved' };
      if (reply[0] === 'REVOKED') return { state: 'revoked', dimension: String(reply[1] ?? '') };
      throw unexpectedReply('recordPermit', reply);
    },
  };
}

/** Returns the token record for the predicate, without a hash, since there is no token. */
function recordOf({
  agent,
  epoch,
  basis,
  expiresAtMs,
  resource,
  revision,
  declared,
}: EvaluationRecord) {
  const named: readonly (readonly [RevocationDimension, string | undefined])[] = [
    ['all', '*'],
    ['agent', agent.spec.id],
    ['session', declared.session_id],
    ['task', declared.task_id],
    ['user', declared.user_id],
    ['resource', resource],
    ['policy_revision', revision],
  ];
  const covers = named.flatMap(([by, value]) =>
    value === undefined ? [] : [revocationField(by, value)],
  );
  return { s: 'active', h: '', e: epoch, b: basis, x: expiresAtMs, c: covers };
}
