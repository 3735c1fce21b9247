import { holdsSecret, maskSecrets } from './secret-scan.js';
import { compactToken, markedSecret } from './secret-shapes.js';

/** Credentials of this service and webhook keys by their prefixes, and JWTs: what must never be kept, wherever it stands. */
const SHAPES = [
  markedSecret({ mark: /cs[kra]_/g, runs: [{ run: /[0-9A-Za-z]*/y, minChars: 16 }] }),
  markedSecret({ mark: /whsec_/g, runs: [{ run: /[0-9A-Za-z+/=]*/y, minChars: 16 }] }),
  compactToken({ mark: /eyJ/g, part: /[\w-]*/y, minChars: 6, parts: [2, 0], maxParts: 2 }),
];

/** Whether a text holds what looks like a credential. Takes time in proportion to the text. */
export function holdsCredential(text: string): boolean {
  return holdsSecret(text, SHAPES);
}

/** The text with every credential in it replaced. JSON stays JSON: no quote or backslash is part of one. */
export function withoutCredentials(text: string): string {
  return maskSecrets(text, SHAPES, '[redacted]');
}

/** Whether a secret says by its prefix that it is a resource server's. Proves nothing. */
export function isResourceServerSecret(secret: string): boolean {
  return secret.startsWith('csr_');
}
