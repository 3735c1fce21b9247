/** The claims of an access token: RFC 9068 section 2.2, plus the receipt. Times in whole seconds. */
export interface TokenClaims {
  readonly iss: string;
  readonly aud: string;
  /** The agent. */
  readonly sub: string;
  readonly client_id: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  /** Space-separated. */
  readonly scope: string;
  readonly grant_id: string;
  readonly decision_id: string;
  readonly session_id?: string;
  readonly task_id?: string;
  readonly user_id?: string;
  /** Revision of the deciding bundle. */
  readonly policy_revision: string;
  readonly input_digest: string;
}

/** A signed token with its stored members. */
export interface SignedToken {
  readonly token: string;
  /** Lower-case hex SHA-256 of the token text. */
  readonly sha256: string;
  readonly kid: string;
}

export type SigningAlg = 'ES256' | 'RS256';

/**
 * The state of a signing key. `next` is published and does not sign yet; `previous` no longer signs and stays
 * published until its last token expired.
 */
export type KeyState = 'next' | 'active' | 'previous' | 'revoked' | 'retired';

export interface KeyRecord {
  readonly kid: string;
  readonly alg: SigningAlg;
  readonly state: KeyState;
  readonly public_jwk: Readonly<Record<string, unknown>>;
  /** AES-256-GCM of the PKCS#8 private key; absent once retired or revoked. */
  readonly sealed_private_key?: string;
  readonly published_at_ms: number;
  /** Time at which a `next` key was read back from the store; the cache age of key sets counts from it. */
  readonly confirmed_at_ms?: number;
  readonly activated_at_ms?: number;
  /** Expiry of a previous key's last token. */
  readonly retires_at_ms?: number;
  readonly revoked_at_ms?: number;
}

/** The keyring: one document, replaced by compare-and-set on `generation`. */
export interface KeyringDocument {
  readonly generation: number;
  readonly keys: readonly KeyRecord[];
  /** Set by `key rotate`; cleared by the worker once the rotation started. */
  readonly rotation_requested_at_ms?: number;
}
