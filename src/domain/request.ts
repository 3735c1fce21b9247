/** An agent's declared task. It serves attribution, restriction and revocation; it never grants. */
export interface Declared {
  readonly session_id?: string;
  readonly task_id?: string;
  readonly user_id?: string;
  readonly reason?: string;
}

/** An unverified token request, built by both codecs. */
export interface AccessRequest {
  readonly codec: 'json' | 'form';
  /** `client_id` or its JSON alias `agent_id`: must match the proven identity, else `invalid_client`. */
  readonly clientIdAlias: string | undefined;
  /** A registered resource id or one of its audience URIs. */
  readonly resource: string;
  /** 1 to 64 distinct, well-formed scopes, in the requested order. */
  readonly scopes: readonly string[];
  /** A positive integer, not clamped yet; undefined when the request has none. */
  readonly ttlSeconds: number | undefined;
  readonly declared: Declared;
}

/**
 * Client authentication members of a body (RFC 6749 section 2.3.1, RFC 7523 section 2.2), as sent.
 * Empty members are absent.
 */
export interface BodyCredential {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly clientAssertion?: string;
  readonly clientAssertionType?: string;
}

/** A credential as presented, unverified. */
export type ClientCredential =
  | {
      readonly method: 'client_secret_basic' | 'client_secret_post';
      readonly clientId: string;
      readonly secret: string;
    }
  | {
      readonly method: 'private_key_jwt';
      readonly clientId: string | undefined;
      readonly assertion: string;
    }
  /** A caller of the sidecar listener acts as the agent configured for the listener. */
  | { readonly method: 'sidecar'; readonly clientId: string };

/** An endpoint that authenticates clients. Failures are counted per endpoint. */
export type ClientEndpoint = 'token' | 'introspect' | 'revoke' | 'evaluate' | 'admin';

/** The origin of a credential: endpoint and source. */
export interface CredentialOrigin {
  readonly endpoint: ClientEndpoint;
  /** The client's address; see `RequestContext`. */
  readonly source: string;
  /** Milliseconds since the Unix epoch on the machine's clock after which the answer is 503. */
  readonly deadlineMs: number;
}

/** The origin of a request, for logs, failure limits and audit. */
export interface RequestContext {
  readonly requestId: string;
  /**
   * The client's address, for limits on failed authentication: the peer's, or the one stated by a trusted proxy.
   * Never a metric label.
   */
  readonly source: string;
  /** A hash of the agent's apparent runtime location; a signal only. Never a metric label. */
  readonly clientFingerprint?: string;
  /** Milliseconds since the Unix epoch on the machine's clock after which the answer is 503. */
  readonly deadlineMs: number;
}
