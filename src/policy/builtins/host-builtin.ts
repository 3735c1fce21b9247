import type { Term } from '../json/terms.js';

/**
 * A builtin the host gives to policies: pure, synchronous, and deterministic. It throws BuiltinError for operands
 * it cannot take; whatever it throws ends the evaluation, since OPA's answer, undefined, would let a deny rule
 * silently not fire.
 */
export interface HostBuiltin {
  readonly arity: number;
  /** Operands keep sets apart from arrays; slower, so only where it matters. */
  readonly tellsSets?: true;
  readonly call: (...operands: readonly Term[]) => unknown;
}

/** By Rego name. */
export type HostBuiltins = ReadonlyMap<string, HostBuiltin>;

/** An operand a builtin cannot take. */
export class BuiltinError extends Error {
  override readonly name = 'BuiltinError';
}
