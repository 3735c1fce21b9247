/**
 * What ended the work on sources: they cannot be read (`sources`), do not compile (`compile`), took too long
 * (`deadline`), or the machine lacks what is needed (`toolchain`).
 */
export type AuthorFailure = 'sources' | 'compile' | 'deadline' | 'toolchain';

/** Why sources could not be built, tested or checked. `problems` is for the author and lists all that was found. */
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
