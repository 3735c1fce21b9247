import { shardOfId } from '../../domain/ids.js';
import type { IntrospectionStore, IntrospectionVerdict } from '../../domain/ports.js';
import type { StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

const REASONS: ReadonlySet<string> = new Set([
  'active',
  'unknown',
  'hash',
  'epoch',
  'expired',
  'revoked',
  'status',
]);
/** Looked up for tokens that are not ours, so that they cost what others cost and still learn the generations. */
const NOBODY = { jti: 'nobody', sha256: '' };

/** The introspection read: one script, one slot, one round trip. */
export function createIntrospectionStore({
  runner,
  keys,
  shards,
}: StoreContext): IntrospectionStore {
  return {
    async check(token) {
      const shard = token === undefined ? undefined : shardOfId('jti', token.jti, shards);
      const { jti, sha256 } = shard === undefined || token === undefined ? NOBODY : token;
      const at = shard ?? 0;
      const reply = await runner.run(
        'introspectToken',
        [keys.meta(at), keys.token(at, jti), keys.revocations(at)],
        [sha256],
      );
      const [why, registry, keyring] = reply;
      if (!REASONS.has(why) || typeof registry !== 'number' || typeof keyring !== 'number') {
        throw unexpectedReply('introspectToken', reply);
      }
      return {
        active: why === 'active',
        why: why as IntrospectionVerdict['why'],
        registryGeneration: registry,
        keyringGeneration: keyring,
      };
    },
  };
}
