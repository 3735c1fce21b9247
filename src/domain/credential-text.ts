/** Credentials of this service and webhook keys by their prefixes, and JWTs: what must never be kept, wherever it stands. */
const PATTERN =
  'cs[kra]_[0-9A-Za-z]{16,}|whsec_[0-9A-Za-z+/=]{16,}|eyJ[\\w-]{6,}\\.[\\w-]{2,}\\.[\\w-]*';
const ANY = new RegExp(PATTERN);
const ALL = new RegExp(PATTERN, 'g');

/** Whether a text holds what looks like a credential. */
export function holdsCredential(text: string): boolean {
  return ANY.test(text);
}

/** The text with every credential in it replaced. JSON stays JSON: no quote or backslash is part of one. */
export function withoutCredentials(text: string): string {
  return ANY.test(text) ? text.replace(ALL, '[redacted]') : text;
}

/** Whether a secret says by its prefix that it is a resource server's. Proves nothing. */
export function isResourceServerSecret(secret: string): boolean {
  return secret.startsWith('csr_');
}
