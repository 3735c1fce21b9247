import { EngineFault } from '../serving/fault.js';
import type { PolicyExports } from './exports.js';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads NUL-terminated text. Throws EngineFault when it exceeds `maxBytes` or is not UTF-8. */
export function readText(memory: WebAssembly.Memory, address: number, maxBytes: number): string {
  const text = readBoundedText(memory, address, maxBytes);
  if (text === undefined) throw new EngineFault('abort', 'a text in WASM memory is too long');
  return text;
}

/** Reads like readText, but returns undefined when the text exceeds `maxBytes`. */
export function readBoundedText(
  memory: WebAssembly.Memory,
  address: number,
  maxBytes: number,
): string | undefined {
  const bytes = new Uint8Array(memory.buffer);
  const start = address >>> 0;
  const end = bytes.indexOf(0, start);
  if (end === -1) throw new EngineFault('abort', 'a text in WASM memory has no end');
  if (end - start > maxBytes) return undefined;
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch (error) {
    throw new EngineFault('abort', 'a text in WASM memory is not UTF-8', error);
  }
}

/**
 * Parses JSON bytes into a value inside the instance and returns its address.
 * The buffer is not freed: numbers other than small integers point into it. Throws EngineFault when the parser refuses
 * the text.
 */
export function parseInto(
  exports: PolicyExports,
  memory: WebAssembly.Memory,
  json: Uint8Array,
): number {
  const raw = exports.opa_malloc(json.byteLength) >>> 0;
  new Uint8Array(memory.buffer).set(json, raw);
  const value = exports.opa_json_parse(raw, json.byteLength);
  // The ABI represents undefined as zero: `not input.blocked` would be true.
  if (value === 0) throw new EngineFault('abort', 'the JSON parser refused the text');
  return value;
}
