import { resolve } from 'node:path';
import { AuthorFailed, type AuthorFailure } from '../../policy/author/failed.js';
import type { Toolchain } from '../../policy/author/workspace.js';
import { readSourceFolder, type PolicySources } from '../../policy/author/sources.js';
import { findOpa } from '../../policy/runners/opa.js';
import type { Cli } from '../define.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { CliFailure } from '../failure.js';
import { plain } from '../output.js';
import type { Terminal } from '../terminal.js';

const DEADLINE_MS = 120_000;

const EXIT_BY_FAILURE: Readonly<Record<AuthorFailure, ExitCode>> = {
  sources: EXIT.usage,
  compile: EXIT.refused,
  deadline: EXIT.refused,
  toolchain: EXIT.unavailable,
};

/** Finds the opa of this machine. Throws CliFailure 3 without one. */
export async function localToolchain({ terminal }: Cli): Promise<Toolchain> {
  const opa = await findOpa({ ...terminal.env });
  if (opa !== undefined) return { opa, deadlineMs: DEADLINE_MS };
  throw new CliFailure(
    EXIT.unavailable,
    'opa was not found: put OPA 1.20 or newer on the PATH, or name it in COUNTERSIGN_OPA (https://www.openpolicyagent.org/docs/#running-opa)',
  );
}

const SIGTERM_EXIT = 143;

/**
 * Makes SIGTERM end the process by an exit, at which a running opa is killed.
 * By default the signal ends this process only, and an endless opa would run on.
 */
export function endWithChildren({ runtime: { signals, exit } }: Cli): void {
  signals.on('SIGTERM', () => {
    exit(SIGTERM_EXIT);
  });
}

/** Runs work on sources and converts its error to an exit code with one line per problem. */
export async function withSources<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AuthorFailed)) throw error;
    const { failure, problems } = error;
    const lines = problems.map((problem) => `\n  ${plain(problem)}`);
    throw new CliFailure(EXIT_BY_FAILURE[failure], `${error.message}${lines.join('')}`, {
      failure,
      problems,
    });
  }
}

/** Resolves a path against the working directory of the command. */
export function pathFrom(terminal: Terminal, path: string): string {
  return resolve(terminal.cwd, path);
}

/** Options of a command that reads a policy folder. */
export interface FolderArguments {
  readonly cases?: string;
  readonly with?: readonly string[];
}

/** Reads a policy folder and the folders of `--with`. Throws AuthorFailed. */
export async function readPolicy(
  terminal: Terminal,
  folder: string,
  { cases, with: added = [] }: FolderArguments,
): Promise<PolicySources> {
  return readSourceFolder(pathFrom(terminal, folder), {
    ...(cases === undefined ? {} : { casesFolder: pathFrom(terminal, cases) }),
    withFolders: added.map((path) => pathFrom(terminal, path)),
  });
}
