import type { Clock } from '../../domain/clock.js';
import type { SecretUses } from '../../domain/ports.js';
import { CountersignError } from '../../domain/errors.js';
import { newId } from '../../domain/ids.js';
import { isExpired, type SecretRecord } from '../../domain/records.js';
import type { ListedSecret, LiveTokens, SecretOperations, TokenOption } from '../operations.js';
import { notFound } from './agent-change.js';
import type { AdminContext, CreatedSecret } from './context.js';
import { MAX_SECRETS, type MintSecret } from './secrets.js';

export interface NewSecretDeps {
  readonly mintSecret: MintSecret;
  readonly clock: Clock;
}

/** A change of the secrets of one client. */
export interface SecretEdit {
  readonly step: 'created' | 'deleted';
  readonly secretId: string;
  /** Returns the changed secrets. Throws `conflict` for a third secret, `not_found` for an unknown one. */
  readonly apply: (secrets: readonly SecretRecord[]) => readonly SecretRecord[];
}

/** Writes the edited secrets of a client together with the event. */
export type ChangeSecrets = (
  id: string,
  context: AdminContext,
  edit: SecretEdit,
  options: TokenOption,
) => Promise<LiveTokens | undefined>;

/** Returns a new secret in its stored form and in the form shown once. */
export function newSecret(
  { mintSecret, clock }: NewSecretDeps,
  kind: Parameters<MintSecret>[0],
  ttlSeconds?: number,
): { record: SecretRecord; shown: CreatedSecret } {
  const { secret, sha256 } = mintSecret(kind);
  const id = newId('sec');
  const nowMs = clock.nowMs();
  const expiry = ttlSeconds === undefined ? {} : { expires_at_ms: nowMs + ttlSeconds * 1000 };
  return {
    record: { id, sha256, created_at_ms: nowMs, ...expiry },
    shown: { id, secret, ...expiry },
  };
}

/** Adds the times of last use to the secrets of a client. */
export async function withLastUses(
  { secretUses }: { readonly secretUses: Pick<SecretUses, 'lastUses'> },
  clientId: string,
  secrets: readonly SecretRecord[],
): Promise<readonly ListedSecret[]> {
  const ids = secrets.map(({ id }) => id);
  const uses = await secretUses.lastUses(clientId, ids);
  return secrets.map((secret, at) => {
    const last = uses[at];
    return last === undefined ? secret : { ...secret, last_used_at_ms: last };
  });
}

/** Creates the operations that rotate the secrets of one kind of client. */
export function createSecretOperations(
  deps: NewSecretDeps,
  kind: Parameters<MintSecret>[0],
  change: ChangeSecrets,
): Omit<SecretOperations, 'listSecrets'> {
  return {
    async createSecret(id, context, { secretTtlSeconds } = {}) {
      const { record, shown } = newSecret(deps, kind, secretTtlSeconds);
      const apply: SecretEdit['apply'] = (secrets) => {
        const live = secrets.filter((secret) => !isExpired(secret, record.created_at_ms));
        if (live.length >= MAX_SECRETS) throw tooManySecrets();
        return [...live, record];
      };
      await change(id, context, { step: 'created', secretId: record.id, apply }, {});
      return shown;
    },
    removeSecret(id, secretId, context, options = {}) {
      const apply: SecretEdit['apply'] = (secrets) => {
        const kept = secrets.filter((secret) => secret.id !== secretId);
        if (kept.length === secrets.length) throw notFound();
        return kept;
      };
      return change(id, context, { step: 'deleted', secretId, apply }, options);
    },
  };
}

/** Returns a 409 for a third secret. */
function tooManySecrets(): CountersignError {
  return new CountersignError('conflict', 'Two secrets are valid already; delete one first.');
}
