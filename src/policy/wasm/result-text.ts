import { EngineFault } from '../serving/fault.js';
import { readBoundedText } from './memory-text.js';

/**
 * Reads the text of a result set: one result, or none when the entrypoint is undefined.
 * Returns undefined when it exceeds `maxBytes`. Throws EngineFault `result_unreadable` for text that no sound instance
 * writes: empty, not UTF-8, not JSON, not a list, or several results.
 */
export function readResultSet(
  memory: WebAssembly.Memory,
  address: number,
  maxBytes: number,
): string | undefined {
  let text: string | undefined;
  try {
    text = readBoundedText(memory, address, maxBytes);
  } catch (error) {
    throw unreadable('the text of the result cannot be read', error);
  }
  if (text === undefined) return undefined;
  if (text === '') throw unreadable('the result is an empty text');
  let set: unknown;
  try {
    set = JSON.parse(text);
  } catch (error) {
    throw unreadable('the result is not JSON', error);
  }
  if (!Array.isArray(set)) throw unreadable('the result is not a list');
  if (set.length > 1) throw unreadable(`there are ${String(set.length)} results`);
  if (set.length === 1 && !isResult(set[0])) throw unreadable('the result has no value');
  return text;
}

function isResult(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && Object.hasOwn(entry, 'result');
}

function unreadable(message: string, cause?: unknown): EngineFault {
  return new EngineFault('result_unreadable', message, cause);
}
