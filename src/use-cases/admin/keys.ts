import { CountersignError } from '../../domain/errors.js';
import { newId } from '../../domain/ids.js';
import type { KeyringStore, RevocationStore } from '../../domain/ports.js';
import type { RevocationOutcome } from '../../domain/revocation.js';
import type { KeyOperations } from '../operations.js';
import type { AdminContext } from './context.js';

export interface KeyOperationsDeps {
  readonly keyring: KeyringStore;
  readonly revocations: RevocationStore;
  /** Asks for a rotation; false when one is under way already. */
  readonly requestRotation: (context: AdminContext) => Promise<boolean>;
  /** Takes a key out of the keyring, with another to sign in its place; false when it was out already or unknown. */
  readonly revokeInKeyring: (kid: string, context: AdminContext) => Promise<boolean>;
}

/** Signing keys, for operators. */
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
 * The keyring first, so that another key signs and no request fails; then the shards, so that no node takes the
 * key's tokens. Acknowledged when both are done; called again after a failure, it does what is missing.
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
