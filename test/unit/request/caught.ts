import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';

/** What a call throws; fails unless it is a CountersignError with a public text that is safe in a header and an OAuth answer. */
export function caught(call: () => unknown): CountersignError {
  try {
    call();
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    expect(error.detail).to.match(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
    return error;
  }
  throw new Error('nothing was thrown');
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
