import type { Term } from '../json/terms.js';

/**
 * A builtin that the host provides to policies: pure, synchronous and deterministic.
 * Throws BuiltinError for invalid operands. Every error ends the evaluation: with OPA's result, undefined, a deny rule
 * would silently not fire.
 */
export interface HostBuiltin {
  readonly arity: number;
  /** Operands distinguish sets from arrays. Slower, so only where required. */
  readonly tellsSets?: true;
  readonly call: (...operands: readonly Term[]) => unknown;
}

/** Builtins by Rego name. */
export type HostBuiltins = ReadonlyMap<string, HostBuiltin>;

/** An operand that a builtin refuses. */
export class BuiltinError extends Error {
  override readonly name = 'BuiltinError';
}
