import { CountersignError } from '../../domain/errors.js';
import { newId } from '../../domain/ids.js';
import type { KeyringStore, RevocationStore } from '../../domain/ports.js';
import type { RevocationOutcome } from '../../domain/revocation.js';
import type { KeyOperations } from '../operations.js';
import type { AdminContext } from './context.js';

export interface KeyOperationsDeps {
  readonly keyring: KeyringStore;
  readonly revocations: RevocationStore;
  /** Requests a rotation; returns false when one is in progress. */
  readonly requestRotation: (context: AdminContext) => Promise<boolean>;
  /** Replaces a key in the keyring by another signing key; returns false when it was not in use. */
  readonly revokeInKeyring: (kid: string, context: AdminContext) => Promise<boolean>;
}

/** Creates the operations on signing keys. */
export function createKeyOperations(deps: KeyOperationsDeps): KeyOperations {
  return {
    async list() {
      const document = await deps.keyring.read();
      return (document?.keys ?? []).map(({ sealed_private_key: _private, ...shown }) => shown);
    },
    async requestRotation(context) {
      if (!(await deps.requestRotation(context))) {
        throw new CountersignError('conflict', 'A rotation is under way already.');
      }
    },
    revoke: (kid, reason, context) => revokeKey(deps, kid, reason, context),
  };
}

/**
 * Revokes a key in the keyring, then in every shard. Repeatable after a failure.
 *
 * The keyring comes first, so that another key signs and no request fails; then the shards reject the key's tokens.
 */
async function revokeKey(
  deps: KeyOperationsDeps,
  kid: string,
  reason: string,
  context: AdminContext,
): Promise<RevocationOutcome> {
  const document = await deps.keyring.read();
  if (!document?.keys.some((key) => key.kid === kid)) {
    throw new CountersignError('not_found', 'There is no key of this kid.');
  }
  await deps.revokeInKeyring(kid, context);
  return deps.revocations.revoke({
    revId: newId('rev'),
    by: 'key',
    value: kid,
    reason,
    denyUntilLifted: false,
    principal: context.principal,
    requestId: context.requestId,
  });
}
