/**
 * Cause of a failure.
 * `sources`: unreadable sources. `compile`: a compile error. `deadline`: took too long. `toolchain`: a required program
 * is missing on this machine.
 */
export type AuthorFailure = 'sources' | 'compile' | 'deadline' | 'toolchain';

/** Sources could not be built, tested or checked. `problems` lists every finding, for the author. */
export class AuthorFailed extends Error {
  override readonly name = 'AuthorFailed';

  constructor(
    readonly failure: AuthorFailure,
    message: string,
    readonly problems: readonly string[] = [],
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}
