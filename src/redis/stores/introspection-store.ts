import { audienceFloorFields } from '../../domain/audience.js';
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
/** Looked up for foreign tokens, so that they take as long as others and still refresh the generations. */
const NOBODY = { jti: 'nobody', sha256: '', aud: '' };

/** Creates the introspection read: one script, one slot, one round trip. */
export function createIntrospectionStore({
  runner,
  keys,
  shards,
}: StoreContext): IntrospectionStore {
  return {
    async check(token) {
      const shard = token === undefined ? undefined : shardOfId('jti', token.jti, shards);
      const { jti, sha256, aud } = shard === undefined || token === undefined ? NOBODY : token;
      const at = shard ?? 0;
      const reply = await runner.run(
        'introspectToken',
        [keys.meta(at), keys.token(at, jti), keys.revocations(at)],
        [runner.clockText(), sha256, ...audienceFloorFields(aud)],
      );
      const [why, registry, keyring, resource] = reply;
      if (!REASONS.has(why) || typeof registry !== 'number' || typeof keyring !== 'number') {
        throw unexpectedReply('introspectToken', reply);
      }
      return {
        active: why === 'active',
        why: why as IntrospectionVerdict['why'],
        registryGeneration: registry,
        keyringGeneration: keyring,
        resource: typeof resource === 'string' && resource !== '' ? resource : undefined,
      };
    },
  };
}
