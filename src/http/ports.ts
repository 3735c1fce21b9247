import type { EvaluationBatch } from '../domain/access-evaluation.js';
import type { AccessRequest, BodyCredential, ClientCredential } from '../domain/request.js';
import type { Codec } from './content-type.js';
import type { AdminRole } from '../domain/admin-role.js';

/** The codecs and the credential extraction that the composition root injects. */
export interface RequestParsers {
  /** Throws `invalid_request`, `invalid_scope`, `unsupported_grant_type`. */
  parseToken(
    codec: Codec,
    body: Uint8Array,
  ): { readonly request: AccessRequest; readonly bodyCredential: BodyCredential };
  /** Parses the form of RFC 7662 section 2.1 and RFC 7009 section 2.1; throws `invalid_request`. */
  parseTokenForm(body: Uint8Array): {
    readonly token: string;
    readonly tokenTypeHint: string | undefined;
    readonly bodyCredential: BodyCredential;
  };
  /** Parses an AuthZEN body; `single` when one decision answers it. Throws `invalid_request`. */
  parseEvaluations(
    body: Uint8Array,
    endpoint: 'one' | 'many',
  ): {
    readonly batch: EvaluationBatch;
    readonly single: boolean;
    readonly bodyCredential: BodyCredential;
  };
  /** Extracts one credential from one method; throws `invalid_client` or `invalid_request`. */
  credentialFrom(presented: {
    readonly authorizationHeader: string | undefined;
    readonly bodyCredential: BodyCredential;
    readonly clientIdAlias: string | undefined;
  }): ClientCredential;
  /** Parses strict JSON; `invalid_request` for duplicate members, bad UTF-8 or depth over 64. */
  parseJson(body: Uint8Array): unknown;
}

/**
 * Looks a bearer token up in constant time; undefined for an unknown or expired token.
 * Throws `slow_down` for a failure of a source over its budget.
 */
export type AuthenticateAdmin = (
  token: string,
  source: string,
) => Promise<{ readonly id: string; readonly role: AdminRole } | undefined>;
