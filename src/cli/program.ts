import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { isTree } from '../config/tree.js';
import { agentCommands } from './commands/agent.js';
import { auditCommand } from './commands/audit.js';
import { configCommands } from './commands/config.js';
import { deliveryCommands } from './commands/deliveries.js';
import { doctorCommand } from './commands/doctor.js';
import { keyCommands } from './commands/key.js';
import { limitsCommands } from './commands/limits.js';
import { policyCommands } from './commands/policy.js';
import { processCommands } from './commands/processes.js';
import { resourceCommands, resourceServerCommands } from './commands/resource.js';
import { revokeCommand } from './commands/revoke.js';
import { signalCommands } from './commands/signals.js';
import { tokenCommands } from './commands/token.js';
import type { Cli } from './define.js';

const EXIT_CODES = `
Exit codes: 0 done; 1 denied, inactive, or a check failed; 2 usage or configuration; 3 unreachable or
unavailable; 4 not found; 5 conflict; 6 not allowed; 70 a defect of this command.`;

/** Every command of `countersign`, not parsed yet. */
export function buildProgram(cli: Cli): Command {
  const program = new Command('countersign')
    .description('authorizes AI agents at run time: ask, decide, issue, introspect, revoke')
    .version(version())
    .showSuggestionAfterError()
    .addHelpText('afterAll', EXIT_CODES);
  processCommands(program, cli);
  configCommands(program, cli);
  agentCommands(program, cli);
  signalCommands(program, cli);
  limitsCommands(program, cli);
  resourceCommands(program, cli);
  resourceServerCommands(program, cli);
  tokenCommands(program, cli);
  revokeCommand(program, cli);
  keyCommands(program, cli);
  auditCommand(program, cli);
  policyCommands(program, cli);
  deliveryCommands(program, cli);
  doctorCommand(program, cli);
  forEachCommand(program, (command) => {
    command.exitOverride().configureOutput({
      writeOut: (text) => {
        cli.terminal.out(text);
      },
      writeErr: (text) => {
        cli.terminal.err(text);
      },
    });
  });
  return program;
}

export function forEachCommand(command: Command, visit: (command: Command) => void): void {
  visit(command);
  for (const child of command.commands) forEachCommand(child, visit);
}

/** The package's version; package.json is two folders above, in `src` and in `dist`. */
function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const manifest: unknown = JSON.parse(text);
  const found = isTree(manifest) ? manifest['version'] : undefined;
  return typeof found === 'string' ? found : 'unknown';
}
