import type { PolicyConfig } from '../../config/policy.js';
import { verificationOf, type Verification } from '../../policy/bundle/signature/keys.js';

/** Returns the configured signature verification; `off` when no signatures are required. */
export function verificationFor({ signatures, verification }: PolicyConfig): Verification | 'off' {
  if (signatures === 'off') return 'off';
  const specs = verification.keys.map(({ id, alg, secret, scope }) => ({
    ...{ id, alg, key: secret },
    ...(scope === undefined ? {} : { scope }),
  }));
  return verificationOf(specs, verification.keyId);
}
