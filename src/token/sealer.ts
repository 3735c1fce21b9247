import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { unavailable } from '../domain/errors.js';
import { decodeCanonical } from './base64url.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** Encrypts values for the store. Every failure is a 503 with the cause in `internal`. */
export interface Sealer {
  /** Returns `v1.<kek id>.<nonce>.<ciphertext>.<tag>`; `aad` names the value, and is required to open it. */
  seal(plain: Uint8Array, aad: string): string;
  open(sealed: string, aad: string): Buffer;
  /** Seals under the current key-encryption key; undefined when the value already is. */
  reseal(sealed: string, aad: string): string | undefined;
}

interface KeyEncryptionKey {
  readonly id: string;
  readonly bytes: Buffer;
}

/**
 * Creates an AES-256-GCM sealer with the 32-byte key `current`.
 * Values sealed under `previous` can still be opened, so that the key-encryption key can be replaced. Nonces are
 * random: far fewer than 2^32 values are ever sealed.
 */
export function createSealer(current: Buffer, previous?: Buffer): Sealer {
  const currentKek = keyEncryptionKey(current);
  const keks = [currentKek, ...(previous ? [keyEncryptionKey(previous)] : [])];
  const open = (sealed: string, aad: string): Buffer => openWith(keks, sealed, aad);
  const seal = (plain: Uint8Array, aad: string): string => sealWith(currentKek, plain, aad);
  return {
    seal,
    open,
    reseal(sealed, aad) {
      if (sealed.startsWith(`v1.${currentKek.id}.`)) return undefined;
      const plain = open(sealed, aad);
      const again = seal(plain, aad);
      plain.fill(0);
      return again;
    },
  };
}

function keyEncryptionKey(bytes: Buffer): KeyEncryptionKey {
  if (bytes.length !== KEY_BYTES) {
    throw unavailable(`key-encryption key: ${String(bytes.length)} bytes, not 32`);
  }
  // 48 bits of a hash identify a key and reveal nothing about a random one.
  const digest = createHash('sha256').update('countersign kek id\0').update(bytes).digest();
  return { id: digest.toString('base64url').slice(0, 8), bytes };
}

function sealWith(kek: KeyEncryptionKey, plain: Uint8Array, aad: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', kek.bytes, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(boundTo(kek, aad));
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  const parts = [nonce, text, cipher.getAuthTag()].map((part) => part.toString('base64url'));
  return ['v1', kek.id, ...parts].join('.');
}

/** Causes of a value that no configured key opens, and what to do: it is logged, and shown to no client. */
const UNKNOWN_KEK =
  'sealed under an unknown key-encryption key: this process has another one than the process that wrote it. Set ' +
  'COUNTERSIGN_KEY_ENCRYPTION_KEY or keys.key_encryption_key_file to the key of the other processes of this store, ' +
  'or keys.previous_key_encryption_key_file to the key before; if it is lost, see ' +
  'docs/operate/runbooks/rotate-keys.md';

function openWith(keks: readonly KeyEncryptionKey[], sealed: string, aad: string): Buffer {
  const [version, kekId, ...rest] = sealed.split('.', 6);
  const [nonce, text, tag] = rest.map(decodeCanonical);
  const wellFormed = version === 'v1' && rest.length === 3 && nonce?.length === NONCE_BYTES;
  if (!wellFormed || !text || tag?.length !== TAG_BYTES) {
    throw unavailable(`sealed ${aad}: not a sealed text of version 1`);
  }
  const kek = keks.find((each) => each.id === kekId);
  if (!kek) throw unavailable(`sealed ${aad}: ${UNKNOWN_KEK}`);
  try {
    const decipher = createDecipheriv('aes-256-gcm', kek.bytes, nonce, {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(boundTo(kek, aad)).setAuthTag(tag);
    return Buffer.concat([decipher.update(text), decipher.final()]);
  } catch (cause) {
    throw unavailable(`sealed ${aad}: tampered with, or sealed for another purpose`, cause);
  }
}

function boundTo(kek: KeyEncryptionKey, aad: string): Buffer {
  return Buffer.from(`countersign sealed v1\0${kek.id}\0${aad}`);
}
