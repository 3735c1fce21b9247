import { createHmac, hkdfSync } from 'node:crypto';
import { escapeStep, formatPointer, parsePointer, valueAt } from '../domain/json-pointer.js';
import type { KeepInput, KeptInput } from '../domain/kept-input.js';

export interface KeepInputOptions {
  readonly mode: 'full' | 'masked' | 'off';
  /** Maximum size of the input without its request, which the limits of a request bound. */
  readonly maxBytes: number;
  /** JSON pointers (RFC 6901). */
  readonly mask: readonly string[];
  /** A key from `maskKey`. */
  readonly key: Buffer;
}

export const MASK_PREFIX = 'hmac-sha256:';

/** Derives the key for digests of masked values from the key-encryption key (RFC 5869). */
export function maskKey(keyEncryptionKey: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', keyEncryptionKey, '', 'countersign input mask v1', 32));
}

/**
 * Returns a keyed digest of a text: equal texts have equal digests, and only a holder of the key can
 * test a guess.
 */
export function maskedText(key: Buffer, text: string): string {
  return MASK_PREFIX + createHmac('sha256', key).update(text).digest('hex');
}

/** Creates the function that selects the recorded part of an input's canonical text. It never throws. */
export function createKeepInput(options: KeepInputOptions): KeepInput {
  const { mode, maxBytes, key } = options;
  const paths = options.mask
    .filter((one) => !options.mask.some((other) => one.startsWith(`${other}/`)))
    .map(parsePointer);
  if (mode === 'off') return () => omitted('inputs_off');
  return (inputText) => {
    if (isTooLarge(inputText, maxBytes)) return omitted('input_too_large');
    if (mode === 'full') return { text: inputText, note: {} };
    const input: unknown = JSON.parse(inputText);
    const masked: string[] = [];
    for (const steps of paths) {
      replaceTexts(input, steps, (text, pointer) => {
        masked.push(pointer);
        return maskedText(key, text);
      });
    }
    const note = masked.length === 0 ? {} : { input_masked: masked.sort() };
    return { text: JSON.stringify(input), note };
  };
}

/** The request does not count: an agent that writes it must not choose whether its decision can be replayed. */
function isTooLarge(inputText: string, maxBytes: number): boolean {
  if (Buffer.byteLength(inputText) <= maxBytes) return false;
  const { request: _, ...others } = JSON.parse(inputText) as Record<string, unknown>;
  return Buffer.byteLength(JSON.stringify(others)) > maxBytes;
}

function omitted(why: string): KeptInput {
  return { text: undefined, note: { not_replayable: why } };
}

type Replace = (text: string, pointer: string) => string;

/** Replaces, in place, every text at or below the target of `steps`; does nothing without a target. */
function replaceTexts(root: unknown, steps: readonly string[], replace: Replace): void {
  const last = steps.at(-1);
  const parent = valueAt(root, steps.slice(0, -1));
  if (last === undefined || !isContainer(parent) || !Object.hasOwn(parent, last)) return;
  parent[last] = replaced(parent[last], formatPointer(steps), replace);
}

function replaced(value: unknown, pointer: string, replace: Replace): unknown {
  // An empty text hides nothing, and policies test for it.
  if (typeof value === 'string') return value === '' ? value : replace(value, pointer);
  if (!isContainer(value)) return value;
  for (const [name, member] of Object.entries(value)) {
    value[name] = replaced(member, `${pointer}/${escapeStep(name)}`, replace);
  }
  return value;
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
