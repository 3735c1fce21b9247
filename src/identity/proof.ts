import type { AgentRecord, SecretRecord } from '../domain/records.js';
import type { AuthenticatorDeps } from './ports.js';
import type { VerifiedAssertion } from '../domain/authentication.js';
import { matchingSecret, sha256 } from './secret-match.js';

/** A proof of identity, for one request. */
export interface Proof<R> {
  /** False when it can match no client. */
  readonly possible: boolean;
  /** Whether `holds` costs more than a hash. A cheap proof has nothing to consume. */
  readonly costly: boolean;
  /** Checks the proof, with equal work with and without a record. */
  holds(record: R | undefined): boolean;
  /**
   * Consumes a single-use credential, the last step of a valid proof; for a secret, notes its use.
   * Returns false when it was used before.
   */
  consume(record: R): Promise<boolean>;
}

/**
 * Creates a proof by client_secret_basic or client_secret_post.
 * The secret is hashed once for all comparisons.
 */
export function createSecretProof<
  R extends { readonly spec: { readonly id: string }; readonly secrets: readonly SecretRecord[] },
>(
  deps: Pick<AuthenticatorDeps, 'isWellFormedSecret' | 'compareDigests' | 'clock' | 'onSecretUse'>,
  secret: string,
  kind: 'agent' | 'resource_server',
): Proof<R> {
  let digest: Buffer | undefined;
  let matching: SecretRecord | undefined;
  return {
    possible: deps.isWellFormedSecret(secret, kind),
    costly: false,
    holds(record) {
      digest ??= sha256(secret);
      const secrets = record?.secrets ?? [];
      matching = matchingSecret(digest, secrets, deps.clock.nowMs(), deps.compareDigests);
      return matching !== undefined;
    },
    consume(record) {
      if (matching !== undefined) deps.onSecretUse?.(record.spec.id, matching.id);
      return Promise.resolve(true);
    },
  };
}

/**
 * Creates proofs by private_key_jwt (RFC 7523 section 3).
 * Consumes the `jti` after signature, claims and status are valid. An unknown agent, or one without keys, costs a
 * verification too: the verifier's work does not depend on keys.
 */
export function createAssertionProof(
  deps: AuthenticatorDeps,
): (assertion: string, id: string | undefined) => Proof<AgentRecord> {
  return (assertion, id) => {
    let verified: VerifiedAssertion | undefined;
    return {
      possible: id !== undefined,
      costly: true,
      holds(agent) {
        const keys = agent?.spec.jwks?.keys ?? [];
        const result = deps.verifyAssertion(assertion, {
          keys,
          clientId: id ?? '',
          audience: deps.assertionAudience,
          nowMs: deps.clock.nowMs(),
          maxAgeSeconds: deps.assertionMaxAgeSeconds,
        });
        verified = keys.length > 0 ? result : undefined;
        return verified !== undefined;
      },
      consume(agent) {
        if (verified === undefined) return Promise.resolve(false);
        const { jti, issuedAtSeconds, expiresAtSeconds } = verified;
        return deps.replayGuard.consume(agent.spec.id, jti, issuedAtSeconds, expiresAtSeconds);
      },
    };
  };
}
