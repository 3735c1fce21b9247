import { EXIT, type ExitCode } from './exit-codes.js';

/** Why a command ends without having done its work; the message is for the person who ran it. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';

  constructor(
    readonly exitCode: ExitCode,
    message: string,
    /** What the service answered, shown with `--json`. */
    readonly answer?: unknown,
  ) {
    super(message);
  }
}

export function usage(message: string): CliFailure {
  return new CliFailure(EXIT.usage, message);
}
