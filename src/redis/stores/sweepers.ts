import type { AudienceEntry } from '../../domain/audience.js';
import type { AuditEvent } from '../../domain/audit.js';
import { unavailable } from '../../domain/errors.js';
import type { ExpirySweeper, RevocationPruner } from '../../domain/worker-ports.js';
import { eventText, type StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';
import { readGrant } from './grant-reader.js';
import { identityOf } from './revocation-store.js';

/** How far this machine's clock may be behind the store's before expiry events are late. */
const LOOK_AHEAD_MS = 2000;

/** Creates the sweep that records expiry events from a sorted set per shard, written by the commit. */
export function createExpirySweeper(context: StoreContext): ExpirySweeper {
  const { runner, keys } = context;
  return {
    async sweepShard(shard, limit) {
      const due = await guarded(async () => {
        // This clock only bounds the read; the script decides by the shard's clock. An idle shard costs one read.
        const tick = Date.now() + LOOK_AHEAD_MS;
        return runner.client.zrange(
          keys.expiry(shard),
          '-inf',
          String(tick),
          'BYSCORE',
          'LIMIT',
          0,
          limit,
        );
      });
      let expired = 0;
      for (const member of due) expired += await expire(context, shard, member);
      return expired;
    },
  };
}

async function expire(context: StoreContext, shard: number, member: string): Promise<number> {
  const { runner, keys } = context;
  const [jti = '', grantId = ''] = member.split(' ');
  const grant = await readGrant(context, shard, grantId);
  const event: AuditEvent = {
    type: 'token.expired',
    principal: { kind: 'system', id: 'expiry-sweeper' },
    ...(grant === undefined ? {} : identityOf(grant)),
    jti,
    grant_id: grantId,
  };
  const reply = await runner.run(
    'expireToken',
    [keys.meta(shard), keys.audit(shard), keys.expiry(shard), keys.grant(shard, grantId)],
    [runner.opening(), member, eventText(event)],
  );
  return reply[0] === 'EXPIRED' ? 1 : 0;
}

async function shardTick({ runner, keys }: StoreContext, shard: number): Promise<number> {
  const reply = await runner.run('openShard', [keys.meta(shard)], [runner.opening()]);
  if (reply[0] !== 'OPEN') throw unexpectedReply('openShard', reply);
  return Number(reply[2]);
}

// Keys and policy revisions come back into use, so their revocations are permanent.
const KEPT_FOR_EVER = /^(?:key|policy_revision):/;

/**
 * Creates the pruner of floors, revoked tokens and grants that are older than any token they could cover:
 * `longestToken` returns the longest time for which a token counts as live, in milliseconds.
 */
export function createRevocationPruner(
  context: StoreContext,
  longestToken: () => Promise<number>,
): RevocationPruner {
  const { runner, keys } = context;
  return {
    async pruneShard(shard) {
      const longestTokenMs = await longestToken();
      const [tick, fields] = await guarded(
        async () =>
          [
            await shardTick(context, shard),
            Object.entries(await runner.client.hgetall(keys.revocations(shard))),
          ] as const,
      );
      let pruned = 0;
      for (const [field, value] of fields) {
        if (KEPT_FOR_EVER.test(field) || !isPast(value, tick - longestTokenMs)) continue;
        const reply = await runner.run(
          'pruneRevocation',
          [keys.meta(shard), keys.revocations(shard)],
          [runner.opening(), field, value],
        );
        if (reply[0] === 'PRUNED') pruned++;
      }
      return pruned;
    },
    pruneAudiences: async () => pruneAudiences(context, await longestToken()),
  };
}

async function pruneAudiences(context: StoreContext, longestTokenMs: number): Promise<number> {
  const { runner, keys } = context;
  const entries = await guarded(() => runner.client.hgetall(keys.audienceHolders));
  const due = Object.entries(entries).filter(
    ([, text]) => (JSON.parse(text) as AudienceEntry).past !== undefined,
  );
  for (const [key] of due) {
    const reply = await runner.run(
      'pruneAudience',
      [keys.meta('control'), keys.audienceHolders],
      [runner.opening(), key, longestTokenMs],
    );
    if (reply[0] !== 'PRUNED') throw unexpectedReply('pruneAudience', reply);
  }
  return due.length;
}

/**
 * Returns whether a value is past:
 * `P|tick|rev_id`, or `F|floor|deny|order|tick|rev_id` unless it denies until lifted.
 */
function isPast(value: string, beforeMs: number): boolean {
  const parts = value.split('|');
  if (parts[0] === 'P') return Number(parts[1]) < beforeMs;
  return parts[0] === 'F' && parts[2] === '0' && Number(parts[4]) < beforeMs;
}

async function guarded<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw unavailable('a sweep failed', error);
  }
}
