import type { AdminContext } from '../admin/context.js';

/** The result of an entrypoint of the active bundle for an input. */
export interface RawResult {
  /** False when the entrypoint is undefined for this input, or when the bundle has no such entrypoint. */
  readonly defined: boolean;
  readonly result?: unknown;
  readonly revision: string;
  /** `sha256:` and hex, of the canonical input; absent without an evaluation. */
  readonly inputDigest?: string;
}

/** Evaluates any entrypoint of the active bundle, unchecked and unclamped. */
export interface DataEvaluator {
  /**
   * Throws CountersignError: `invalid_request` for an input no policy can be given, `slow_down` when too many
   * evaluations wait, 503 for any fault.
   */
  evaluate(entrypoint: string, input: unknown, context: AdminContext): Promise<RawResult>;
}
