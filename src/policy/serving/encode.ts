import { createHash } from 'node:crypto';
import type { PolicyInput } from '../../domain/policy.js';
import { EngineFault } from './fault.js';
import { canonicalJson, NotCanonical } from '../json/canonical.js';

/** An encoded input: one canonical text (RFC 8785), so that the order of keys does not matter. */
export interface EncodedInput {
  readonly text: string;
  readonly bytes: Buffer;
  /** `sha256:` and lower-case hex. */
  readonly digest: string;
}

/**
 * Encodes an input.
 * Throws EngineFault `input_invalid` for a non-object, non-canonical input, or one over `maxBytes`.
 */
export function encodeInput(input: PolicyInput, maxBytes: number): EncodedInput {
  let text: string;
  try {
    text = canonicalJson(input);
  } catch (error) {
    if (error instanceof NotCanonical) throw new EngineFault('input_invalid', error.message);
    throw error;
  }
  const bytes = Buffer.from(text);
  if (!text.startsWith('{')) throw new EngineFault('input_invalid', 'the input is not an object');
  if (bytes.length > maxBytes) throw new EngineFault('input_invalid', 'the input is too large');
  return { text, bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
}
