import { InvalidArgumentError, type Command } from 'commander';
import { adminClient, type AdminClient } from './admin-client.js';
import type { ExitCode } from './exit-codes.js';
import { printJson } from './output.js';
import type { Runtime } from './ports.js';
import type { Terminal } from './terminal.js';

/** What every command gets. */
export interface Cli {
  readonly terminal: Terminal;
  readonly runtime: Runtime;
  /** Ends the process with this code instead of 0, once the command is done. */
  exitWith(code: ExitCode): void;
}

export interface CommonOptions {
  readonly json?: boolean;
}

export interface AdminOptions extends CommonOptions {
  readonly adminUrl?: string;
}

/** A command with `--json`. */
export function define(parent: Command, nameAndArgs: string, description: string): Command {
  return parent
    .command(nameAndArgs)
    .description(description)
    .option('--json', 'print JSON, for programs');
}

/** A command that calls the admin API. */
export function defineAdmin(parent: Command, nameAndArgs: string, description: string): Command {
  return define(parent, nameAndArgs, description).option(
    '--admin-url <url>',
    'the admin listener (default: COUNTERSIGN_ADMIN_URL, else the service of this machine)',
  );
}

export function connect(cli: Cli, options: AdminOptions): AdminClient {
  return adminClient(cli.terminal, options.adminUrl);
}

/** The JSON as it came, or lines for a person. */
export function show(
  cli: Cli,
  options: CommonOptions,
  body: unknown,
  forPerson: (terminal: Terminal) => void,
): void {
  if (options.json === true) printJson(cli.terminal, body ?? {});
  else forPerson(cli.terminal);
}

/** Collects an option that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

export function positiveInteger(text: string): number {
  if (!/^[1-9][0-9]{0,9}$/.test(text))
    throw new InvalidArgumentError('must be a whole number above 0.');
  return Number(text);
}
