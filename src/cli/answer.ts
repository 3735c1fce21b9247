import { adminClient, type AdminClient } from './admin-client.js';
import type { AdminOptions, Cli, CommonOptions } from './define.js';
import { printJson } from './output.js';
import type { Terminal } from './terminal.js';

/** Returns a client of the admin API named by the options or the environment. */
export function connect(cli: Cli, options: AdminOptions): Promise<AdminClient> {
  return adminClient(cli.terminal, options.adminUrl);
}

/** Prints the answer as JSON, or as lines for a person. */
export function show(
  cli: Cli,
  options: CommonOptions,
  body: unknown,
  forPerson: (terminal: Terminal) => void,
): void {
  if (options.json === true) printJson(cli.terminal, body ?? {});
  else forPerson(cli.terminal);
}
