export const KEY_ENCRYPTION_KEY_BYTES = 32;

/** In front of a key the local profile made, so that production knows it wherever it was copied to. */
export const DEVELOPMENT_KEY_MARK = 'dev:';

export type KeyMaterial =
  | { readonly ok: true; readonly base64: string; readonly development: boolean }
  | { readonly ok: false; readonly message: string };

/** Reads a key-encryption key: 64 hex digits, or base64 or base64url, of exactly 32 bytes. */
export function parseKeyEncryptionKey(text: string): KeyMaterial {
  const trimmed = text.trim();
  const development = trimmed.startsWith(DEVELOPMENT_KEY_MARK);
  const body = development ? trimmed.slice(DEVELOPMENT_KEY_MARK.length) : trimmed;
  const bytes = /^[0-9a-fA-F]{64}$/.test(body)
    ? Buffer.from(body, 'hex')
    : /^[A-Za-z0-9+/_-]{43}=?$/.test(body)
      ? Buffer.from(body.replaceAll('-', '+').replaceAll('_', '/'), 'base64')
      : undefined;
  if (bytes?.length !== KEY_ENCRYPTION_KEY_BYTES) {
    return { ok: false, message: 'must be 32 bytes as base64 or as 64 hex digits' };
  }
  return { ok: true, base64: bytes.toString('base64'), development };
}

/**
 * Why a key was not drawn at random, or undefined. 32 random bytes have fewer than 16 distinct values, or are
 * all printable, less often than once in 10^12.
 */
export function weakness(base64: string): string | undefined {
  const bytes = Buffer.from(base64, 'base64');
  if (new Set(bytes).size < 16) return 'repeats itself: draw 32 bytes at random';
  if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) {
    return 'is a readable text: draw 32 bytes at random';
  }
  return undefined;
}
