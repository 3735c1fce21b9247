import { CommanderError, type Command } from 'commander';
import { ConfigInvalid } from '../config/problems.js';
import { UnsafePath } from '../files/unsafe-path.js';
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
  let program: Command | undefined;
  try {
    program = await buildProgram(cli, argv);
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    const asJson = argv.includes('--json');
    const failed = await reportFailure(error, terminal, asJson);
    if (program !== undefined && !asJson && isMisuse(error)) {
      terminal.err(`See \`${[...namesIn(program, argv), '--help'].join(' ')}\`.\n`);
    }
    return failed;
  }
}

/** Tells a command line that is wrong from one that the service or the configuration refuses. */
function isMisuse(error: unknown): boolean {
  if (error instanceof CommanderError) return error.exitCode !== 0;
  return error instanceof CliFailure && error.exitCode === EXIT.usage && error.answer === undefined;
}

/** Returns the names of the program and of the commands that the first words name. */
function namesIn(program: Command, words: readonly string[]): readonly string[] {
  const names = [program.name()];
  let at: Command | undefined = program;
  for (const word of words) {
    at = at.commands.find((one) => one.name() === word);
    if (at === undefined) break;
    names.push(word);
  }
  return names;
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
  if (error instanceof ConfigInvalid || error instanceof UnsafePath) return EXIT.usage;
  return EXIT.internal;
}
