import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { isTree } from '../config/tree.js';
import { COMMANDS } from './commands.js';
import { define, type Cli } from './define.js';

const EXIT_CODES = `
Exit codes: 0 done; 1 denied, inactive, or a check failed; 2 usage or configuration; 3 unreachable or
unavailable; 4 not found; 5 conflict; 6 not allowed; 70 a bug; report it.`;

/**
 * Builds the `countersign` program without parsing. Loads the options and subcommands of the commands
 * named by the words, or of every command without words.
 */
export async function buildProgram(cli: Cli, words?: readonly string[]): Promise<Command> {
  const { out, err } = cli.terminal;
  const program = new Command('countersign')
    .description('authorize AI agents at run time: request, decide, issue, introspect, revoke')
    .version(version())
    .showSuggestionAfterError()
    .addHelpText('afterAll', EXIT_CODES)
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err });
  for (const { name, description, json, load } of COMMANDS) {
    const command = json
      ? define(program, name, description)
      : program.command(name).description(description);
    if (words?.includes(name) === false) continue;
    const complete = await load();
    complete(command, cli);
  }
  return program;
}

export function forEachCommand(command: Command, visit: (command: Command) => void): void {
  visit(command);
  for (const child of command.commands) forEachCommand(child, visit);
}

/** Returns the package's version; package.json is two folders above, in `src` and in `dist`. */
function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const manifest: unknown = JSON.parse(text);
  const found = isTree(manifest) ? manifest['version'] : undefined;
  return typeof found === 'string' ? found : 'unknown';
}
