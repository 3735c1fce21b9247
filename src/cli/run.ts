import { CommanderError } from 'commander';
import { ConfigInvalid } from '../config/problems.js';
import type { Cli } from './define.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { CliFailure } from './failure.js';
import type { Runtime } from './ports.js';
import { buildProgram } from './program.js';
import type { Terminal } from './terminal.js';

/** Runs one command line (without `node` and the script) and resolves to its exit code; never throws. */
export async function runCommandLine(
  argv: readonly string[],
  terminal: Terminal,
  runtime: Runtime,
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const cli: Cli = {
    terminal,
    runtime,
    exitWith: (code) => {
      exitCode = code;
    },
  };
  try {
    const program = await buildProgram(cli, argv);
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return await reportFailure(error, terminal, argv.includes('--json'));
  }
}

async function reportFailure(
  error: unknown,
  terminal: Terminal,
  asJson: boolean,
): Promise<ExitCode> {
  if (error instanceof CommanderError) {
    // Commander has printed the message. Requested help is not an error.
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  const exitCode = exitCodeOf(error);
  const { maskLogText } = await import('../domain/secrets/mask.js');
  const message = maskLogText(error instanceof Error ? error.message : String(error));
  if (asJson) {
    const answer = error instanceof CliFailure ? error.answer : undefined;
    terminal.err(`${JSON.stringify({ error: message, exit_code: exitCode, answer })}\n`);
  } else {
    terminal.err(`error: ${message}\n`);
  }
  return exitCode;
}

function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CliFailure) return error.exitCode;
  return error instanceof ConfigInvalid ? EXIT.usage : EXIT.internal;
}
