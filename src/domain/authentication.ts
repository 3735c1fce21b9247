import type { AgentRecord, PublicJwk, ResourceServerRecord } from './records.js';
import type { ClientCredential, CredentialOrigin } from './request.js';

export interface AssertionExpectation {
  /** The client's registered public keys. */
  readonly keys: readonly PublicJwk[];
  readonly clientId: string;
  /** The issuer; the token endpoint is not accepted (RFC 7523bis). */
  readonly audience: string;
  readonly nowMs: number;
  /** Maximum lifetime of an assertion, in seconds; 300 by default. */
  readonly maxAgeSeconds?: number;
}

/** A verified assertion; the caller checks for replay against the store. */
export interface VerifiedAssertion {
  readonly jti: string;
  readonly issuedAtSeconds: number;
  readonly expiresAtSeconds: number;
}

/**
 * Authenticates clients.
 * Methods throw CountersignError: `invalid_client`, `slow_down` or a 503 of the store.
 */
export interface ClientAuthenticator {
  /**
   * Returns the agent that a credential proves. A quarantined agent authenticates; the policy decides its request.
   * @param alias `client_id` or `agent_id` of the body, which must name this agent
   * @param origin endpoint and source under which failures are counted
   */
  authenticateAgent(
    credential: ClientCredential,
    alias: string | undefined,
    origin: CredentialOrigin,
  ): Promise<AgentRecord>;
  /**
   * Repeats the authentication later in one request, against the current record in the store.
   *
   * An assertion is not consumed again, so call it only after `authenticateAgent` accepted the credential.
   */
  authenticateAgentAgain(
    credential: ClientCredential,
    alias: string | undefined,
    origin: CredentialOrigin,
  ): Promise<AgentRecord>;
  /** Returns the resource server that a secret proves; resource servers have no other method. */
  authenticateResourceServer(
    credential: ClientCredential,
    origin: CredentialOrigin,
  ): Promise<ResourceServerRecord>;
}
