import { generateKeyPairSync } from 'node:crypto';
import type { AgentRecord, PublicJwk, SecretRecord } from '../domain/records.js';
import type { AuthenticatorDeps } from './ports.js';
import type { VerifiedAssertion } from '../domain/authentication.js';
import { matchesAny, sha256 } from './secret-match.js';

/** One way to prove an identity, for one request. */
export interface Proof<R> {
  /** False when it cannot be anybody's. */
  readonly possible: boolean;
  /** Whether `holds` costs more than a hash. One that does not has nothing to consume. */
  readonly costly: boolean;
  /** Does the same work for a record and for none. */
  holds(record: R | undefined): boolean;
  /** Last step of a proof that holds: spends what may be used once. False when it was spent before. */
  consume(record: R): Promise<boolean>;
}

/** client_secret_basic and client_secret_post: the secret is hashed once, however often it is compared. */
export function createSecretProof<R extends { readonly secrets: readonly SecretRecord[] }>(
  deps: Pick<AuthenticatorDeps, 'isWellFormedSecret' | 'compareDigests'>,
  secret: string,
  kind: 'agent' | 'resource_server',
): Proof<R> {
  let digest: Buffer | undefined;
  return {
    possible: deps.isWellFormedSecret(secret, kind),
    costly: false,
    holds(record) {
      digest ??= sha256(secret);
      return matchesAny(digest, record?.secrets ?? [], deps.compareDigests);
    },
    consume: () => Promise.resolve(true),
  };
}

/** private_key_jwt (RFC 7523 section 3). The `jti` is consumed once the signature, claims and status hold. */
export function createAssertionProof(
  deps: AuthenticatorDeps,
): (assertion: string, id: string | undefined) => Proof<AgentRecord> {
  // An agent that is unknown or has no keys costs a verification too.
  const nobody = [
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  ].map((jwk): PublicJwk => ({ ...jwk, kty: 'EC' }));
  return (assertion, id) => {
    let verified: VerifiedAssertion | undefined;
    return {
      possible: id !== undefined,
      costly: true,
      holds(agent) {
        const keys = agent?.spec.jwks?.keys ?? [];
        const real = keys.length > 0;
        const result = deps.verifyAssertion(assertion, {
          keys: real ? keys : nobody,
          clientId: id ?? '',
          audience: deps.assertionAudience,
          nowMs: deps.clock.nowMs(),
          maxAgeSeconds: deps.assertionMaxAgeSeconds,
        });
        verified = real ? result : undefined;
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
