/** An agent's declared task. It attributes, restricts and revokes; it never grants. */
export interface Declared {
  readonly session_id?: string;
  readonly task_id?: string;
  readonly user_id?: string;
  readonly reason?: string;
}

/** What both codecs build from a token request. Nothing in it is proven. */
export interface AccessRequest {
  readonly codec: 'json' | 'form';
  /** `client_id` or its JSON alias `agent_id` in the body: must match the proven identity, else `invalid_client`. */
  readonly clientIdAlias: string | undefined;
  /** A registered resource id or one of its audience URIs. */
  readonly resource: string;
  /** Distinct, well-formed, in the order asked; 1 to 64. */
  readonly scopes: readonly string[];
  /** A positive integer, not clamped yet; undefined when the agent did not say. */
  readonly ttlSeconds: number | undefined;
  readonly declared: Declared;
}

/** Client authentication members of a body (RFC 6749 section 2.3.1, RFC 7523 section 2.2), as sent; empty is absent. */
export interface BodyCredential {
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly clientAssertion?: string;
  readonly clientAssertionType?: string;
}

/** A credential as presented; nothing about it is checked yet. */
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
  /** A caller of the sidecar listener is the one agent that the listener is configured for. */
  | { readonly method: 'sidecar'; readonly clientId: string };

/** An endpoint that authenticates clients. Failures at one are not counted at another. */
export type ClientEndpoint = 'token' | 'introspect' | 'revoke' | 'evaluate';

/** Where a credential was presented. */
export interface CredentialOrigin {
  readonly endpoint: ClientEndpoint;
  /** The client's address, see `RequestContext`. */
  readonly source: string;
  /** Milliseconds since the Unix epoch on the machine's clock after which the answer is 503. */
  readonly deadlineMs: number;
}

/** Where a request came from; travels beside it for logs, braking and audit. */
export interface RequestContext {
  readonly requestId: string;
  /** The client's address, for braking failed authentication: the peer's, or what a trusted proxy says. Never a metric label. */
  readonly source: string;
  /** Where the agent seems to run, as a hash; a signal only. Never a metric label. */
  readonly clientFingerprint?: string;
  /** Milliseconds since the Unix epoch on the machine's clock after which the answer is 503. */
  readonly deadlineMs: number;
}
