import type { PublicJwk } from '../domain/records.js';
import type { KeyringView } from './keyring.js';

/** The JWK set of RFC 7517 section 5: keys that sign, will sign or signed what still lives. Public members only. */
export function jwks(view: KeyringView): { readonly keys: readonly PublicJwk[] } {
  return { keys: view.published };
}

/** `Cache-Control` of the set. The next key is published at least this long before it signs. */
export function jwksCacheControl(jwksCacheSeconds: number): string {
  return `public, max-age=${String(jwksCacheSeconds)}`;
}
