import { EXIT, type ExitCode } from './exit-codes.js';

/** The failure of a command; its message is for the person who ran it. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';

  constructor(
    readonly exitCode: ExitCode,
    message: string,
    /** The service's answer, shown with `--json`. */
    readonly answer?: unknown,
  ) {
    super(message);
  }
}

export function usage(message: string): CliFailure {
  return new CliFailure(EXIT.usage, message);
}
