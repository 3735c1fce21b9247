import { randomBytes } from 'node:crypto';
import type { SigningAlg, TokenClaims } from '../../src/domain/token.js';
import { createKeyring, type Keyring } from '../../src/token/keyring.js';
import { createSealer, type Sealer } from '../../src/token/sealer.js';
import { memoryKeyringStore, type MemoryKeyringStore } from './memory-keyring-store.js';

export const ISSUER = 'https://auth.example';

/** Claims as the service writes them. */
export function tokenClaims(changes: Partial<TokenClaims> = {}): TokenClaims {
  return {
    iss: ISSUER,
    aud: 'https://api.example',
    sub: 'agent-1',
    client_id: 'agent-1',
    iat: 1_700_000_000,
    exp: 1_700_000_300,
    jti: 'jti_17_0123456789abcdefghjkmnpqrs',
    scope: 'read:invoices write:notes',
    grant_id: 'grt_17_0123456789abcdefghjkmnpqrs',
    decision_id: 'dec_17_0123456789abcdefghjkmnpqrs',
    policy_revision: 'r1',
    input_digest: `sha256:${'a'.repeat(64)}`,
    ...changes,
  };
}

export interface TestKeyring {
  readonly store: MemoryKeyringStore;
  readonly sealer: Sealer;
  readonly keyring: Keyring;
}

/** A keyring over memory with its first key made. */
export async function testKeyring(alg: SigningAlg = 'ES256'): Promise<TestKeyring> {
  const store = memoryKeyringStore();
  const sealer = createSealer(randomBytes(32));
  const keyring = createKeyring(store, sealer);
  await keyring.ensure(alg);
  return { store, sealer, keyring };
}

/** A compact JWS part. */
export function part(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return Buffer.from(text).toString('base64url');
}
