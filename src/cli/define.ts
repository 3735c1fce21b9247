import { InvalidArgumentError, type Command } from 'commander';
import type { ExitCode } from './exit-codes.js';
import type { Runtime } from './ports.js';
import type { Terminal } from './terminal.js';

/** Dependencies of every command. */
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

/** Defers loading a command's code until it runs: help and usage errors do not need it. */
export function lazily<Given extends unknown[]>(
  cli: Cli,
  load: () => Promise<(cli: Cli, ...given: Given) => Promise<void> | void>,
): (...given: Given) => Promise<void> {
  return async (...given) => {
    const action = await load();
    await action(cli, ...given);
  };
}

/** Defines a command with `--json`. */
export function define(parent: Command, nameAndArgs: string, description: string): Command {
  return parent.command(nameAndArgs).description(description).option('--json', 'print JSON');
}

/** Defines a command that calls the admin API. */
export function defineAdmin(parent: Command, nameAndArgs: string, description: string): Command {
  return adminOption(define(parent, nameAndArgs, description));
}

export function adminOption(command: Command): Command {
  return command.option(
    '--admin-url <url>',
    'URL of the admin listener (default: COUNTERSIGN_ADMIN_URL, else the local service)',
  );
}

/** Adds the options of a command that prints a page of a collection. */
export function pageOptions(command: Command): Command {
  return command
    .option('--limit <n>', 'items per page, 1 to 500', positiveInteger)
    .option('--cursor <cursor>', 'cursor of an earlier page')
    .option('--all', 'follow every page');
}

/** Collects the values of a repeatable option. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

export function positiveInteger(text: string): number {
  if (!/^[1-9][0-9]{0,9}$/.test(text))
    throw new InvalidArgumentError('must be a whole number above 0.');
  return Number(text);
}

export function wholeNumber(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number.');
  return Number(text);
}
