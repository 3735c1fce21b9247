import type { PublicJwk } from '../domain/records.js';
import type { KeyringView } from './keyring.js';

/**
 * Returns the JWK set (RFC 7517 section 5) of next, active and previous keys, with public members
 * only.
 */
export function jwks(view: KeyringView): { readonly keys: readonly PublicJwk[] } {
  return { keys: view.published };
}

/**
 * Returns the `Cache-Control` of the set.
 * The next key is published at least this long before it signs.
 */
export function jwksCacheControl(jwksCacheSeconds: number): string {
  return `public, max-age=${String(jwksCacheSeconds)}`;
}
