import type { Command } from 'commander';
import { collect, define, lazily, positiveInteger, type Cli } from '../define.js';
import { DEFAULT_SECRET_VARIABLE } from '../client-options.js';

/** `countersign token …`: the public listener, as an agent or a resource server sees it. */
export function tokenCommands(token: Command, cli: Cli): void {
  issueCommand(token, cli);
  clientOptions(
    define(token, 'introspect [token]', 'ask, as a resource server, whether a token is good now'),
  ).action(lazily(cli, () => import('../token.js').then((at) => at.introspect)));
  clientOptions(
    define(token, 'revoke [token]', 'revoke, as the agent that has it, one token'),
  ).action(lazily(cli, () => import('../token.js').then((at) => at.revoke)));
}

function issueCommand(token: Command, cli: Cli): void {
  clientOptions(define(token, 'issue', 'ask for scopes on a resource'))
    .requiredOption('--resource <id>', 'a registered id or audience URI')
    .requiredOption('--scope <scope>', 'may be given again, or hold several with spaces', collect)
    .option('--ttl <seconds>', 'lifetime asked for', positiveInteger)
    .option('--session <id>', 'the session it is for')
    .option('--task <id>', 'the task it is for')
    .option('--user <id>', 'the user it is for')
    .option('--reason <text>', 'why')
    .option('--token-only', 'print the token and nothing else')
    .action(lazily(cli, () => import('../token.js').then((at) => at.issue)));
}

/** Secrets come from the environment: an argument is there for every process of the machine to read. */
function clientOptions(command: Command): Command {
  return command
    .option(
      '--public-url <url>',
      'the public listener (default: COUNTERSIGN_PUBLIC_URL, else the service of this machine)',
    )
    .option('--client-id <id>', 'who asks (default: the demo client)')
    .option(
      '--client-secret-env <name>',
      `variable with its secret (default: ${DEFAULT_SECRET_VARIABLE})`,
    );
}
