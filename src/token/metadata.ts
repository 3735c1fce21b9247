/** Authorization server metadata (RFC 8414 section 2), with the members that apply to this service. */
export interface AuthorizationServerMetadata {
  readonly issuer: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
  readonly introspection_endpoint: string;
  readonly revocation_endpoint: string;
  readonly grant_types_supported: readonly string[];
  readonly response_types_supported: readonly string[];
  readonly token_endpoint_auth_methods_supported: readonly string[];
  readonly token_endpoint_auth_signing_alg_values_supported: readonly string[];
  readonly introspection_endpoint_auth_methods_supported: readonly string[];
  readonly revocation_endpoint_auth_methods_supported: readonly string[];
  readonly revocation_endpoint_auth_signing_alg_values_supported: readonly string[];
  readonly service_documentation?: string;
}

/** Algorithms for client assertions. */
export const ASSERTION_ALGS = ['ES256', 'ES384', 'RS256', 'PS256'] as const;

const SECRET_METHODS = ['client_secret_basic', 'client_secret_post'] as const;
const CLIENT_METHODS = [...SECRET_METHODS, 'private_key_jwt'] as const;

/**
 * Returns the metadata document.
 * `response_types_supported` is required even without an authorization endpoint, and may not be empty: `none` is the
 * registered type without a code or token. No member is an empty list, and `issuer` equals that of the tokens byte for
 * byte.
 */
export function authorizationServerMetadata(options: {
  readonly issuer: string;
  readonly serviceDocumentation?: string;
}): AuthorizationServerMetadata {
  const { issuer, serviceDocumentation } = options;
  return {
    issuer,
    token_endpoint: `${issuer}/oauth2/token`,
    jwks_uri: `${issuer}/jwks`,
    introspection_endpoint: `${issuer}/oauth2/introspect`,
    revocation_endpoint: `${issuer}/oauth2/revoke`,
    grant_types_supported: ['client_credentials'],
    response_types_supported: ['none'],
    token_endpoint_auth_methods_supported: CLIENT_METHODS,
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGS,
    introspection_endpoint_auth_methods_supported: SECRET_METHODS,
    revocation_endpoint_auth_methods_supported: CLIENT_METHODS,
    revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGS,
    ...(serviceDocumentation === undefined ? {} : { service_documentation: serviceDocumentation }),
  };
}

/**
 * Returns the path of the document (RFC 8414 section 3.1).
 * The well-known string goes between the issuer's host and its path.
 */
export function metadataPath(issuer: string): string {
  const { pathname } = new URL(issuer);
  return `/.well-known/oauth-authorization-server${pathname === '/' ? '' : pathname}`;
}
