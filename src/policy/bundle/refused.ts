/** Kinds of reasons to refuse a bundle. */
export type RefusalCode =
  | 'unreadable'
  | 'missing'
  | 'refused'
  | 'over_limit'
  | 'unsafe_member'
  | 'manifest_invalid'
  | 'data_invalid'
  | 'signature_required'
  | 'signature_invalid'
  | 'downgrade'
  | 'compiler_too_old'
  | 'wasm_invalid'
  | 'entrypoint_missing'
  | 'missing_builtin'
  | 'unsafe_builtin'
  | 'decision_invalid';

/** A bundle that will not be served. `problems` lists every finding, for operators. */
export class BundleRefused extends Error {
  override readonly name = 'BundleRefused';

  constructor(
    readonly code: RefusalCode,
    readonly problems: readonly string[],
    cause?: unknown,
  ) {
    super(`${code}: ${problems.join('; ')}`, cause === undefined ? undefined : { cause });
  }
}
