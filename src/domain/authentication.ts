import type { AgentRecord, PublicJwk, ResourceServerRecord } from './records.js';
import type { ClientCredential, CredentialOrigin } from './request.js';

export interface AssertionExpectation {
  /** The client's registered public keys. */
  readonly keys: readonly PublicJwk[];
  readonly clientId: string;
  /** The issuer, and only that: not the token endpoint (RFC 7523bis). */
  readonly audience: string;
  readonly nowMs: number;
  /** The longest an assertion may live; 300 when not given. */
  readonly maxAgeSeconds?: number;
}

/** What single use needs. Whether it was used before is for the caller to ask the store. */
export interface VerifiedAssertion {
  readonly jti: string;
  readonly issuedAtSeconds: number;
  readonly expiresAtSeconds: number;
}

/** Who is asking, proven. All throw CountersignError: `invalid_client`, `slow_down`, or what a store throws. */
export interface ClientAuthenticator {
  /**
   * The agent a credential proves. A quarantined agent is who it is, so it authenticates; what it may do is
   * decided later.
   * @param alias `client_id` or `agent_id` of the body, which must name the same agent
   * @param origin where it was presented; failures are counted under its endpoint and source
   */
  authenticateAgent(
    credential: ClientCredential,
    alias: string | undefined,
    origin: CredentialOrigin,
  ): Promise<AgentRecord>;
  /**
   * The same, later in the same request, against the record as the store has it now. An assertion is not
   * consumed again, so call it only after `authenticateAgent` took the same credential.
   */
  authenticateAgentAgain(
    credential: ClientCredential,
    alias: string | undefined,
    origin: CredentialOrigin,
  ): Promise<AgentRecord>;
  /** The resource server a secret proves; resource servers have no other method. */
  authenticateResourceServer(
    credential: ClientCredential,
    origin: CredentialOrigin,
  ): Promise<ResourceServerRecord>;
}
