import type { PolicyConfig } from '../../config/policy.js';
import { verificationOf, type Verification } from '../../policy/bundle/signature/keys.js';

/** Whose signatures are accepted, as configured; `off` when none is asked for. */
export function verificationFor({ signatures, verification }: PolicyConfig): Verification | 'off' {
  if (signatures === 'off') return 'off';
  const specs = verification.keys.map(({ id, alg, secret, scope }) => ({
    ...{ id, alg, key: secret },
    ...(scope === undefined ? {} : { scope }),
  }));
  return verificationOf(specs, verification.keyId);
}
