import { addFuel } from '../wasm/fuel/add-fuel.js';
import { NotMetered } from '../wasm/fuel/not-metered.js';

/** A compiled module of a bundle. */
export interface PolicyModule {
  /** The bytes that the digest and the signature cover. They never run. */
  readonly original: Uint8Array;
  /** The bytes that run: the original with fuel, or why it cannot run. */
  readonly metered: Metered;
}

export type Metered =
  | { readonly ok: true; readonly wasm: Uint8Array }
  | { readonly ok: false; readonly problem: string };

/**
 * Adds fuel to a module. Never throws.
 * The work grows with the module, so call it where the bundle is read, in a thread.
 */
export function policyModule(original: Uint8Array): PolicyModule {
  try {
    return { original, metered: { ok: true, wasm: addFuel(original) } };
  } catch (error) {
    if (!(error instanceof NotMetered)) throw error;
    return { original, metered: { ok: false, problem: `the module is refused: ${error.message}` } };
  }
}
