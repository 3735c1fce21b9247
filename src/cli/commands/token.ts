import type { Command } from 'commander';
import { collect, define, lazily, positiveInteger, type Cli } from '../define.js';
import { DEFAULT_SECRET_VARIABLE } from '../client-options.js';

/** Defines `countersign token …`: requests of an agent or a resource server to the public listener. */
export function tokenCommands(token: Command, cli: Cli): void {
  issueCommand(token, cli);
  clientOptions(
    define(token, 'introspect [token]', 'introspect a token as a resource server'),
  ).action(lazily(cli, () => import('../token.js').then((at) => at.introspect)));
  clientOptions(define(token, 'revoke [token]', 'revoke a token as its agent')).action(
    lazily(cli, () => import('../token.js').then((at) => at.revoke)),
  );
}

function issueCommand(token: Command, cli: Cli): void {
  clientOptions(define(token, 'issue', 'request scopes on a resource'))
    .requiredOption('--resource <id>', 'registered id or audience URI')
    .requiredOption('--scope <scope>', 'scope, or several separated by spaces; repeatable', collect)
    .option('--ttl <seconds>', 'requested lifetime in seconds', positiveInteger)
    .option('--session <id>', 'declared session')
    .option('--task <id>', 'declared task')
    .option('--user <id>', 'declared user')
    .option('--reason <text>', 'reason, kept in the record')
    .option('--token-only', 'print only the token')
    .action(lazily(cli, () => import('../token.js').then((at) => at.issue)));
}

/** Adds the client options. Secrets come from the environment: other processes can read arguments. */
function clientOptions(command: Command): Command {
  return command
    .option(
      '--public-url <url>',
      'URL of the public listener (default: COUNTERSIGN_PUBLIC_URL, else the local service)',
    )
    .option('--client-id <id>', 'client id (default: the demo client)')
    .option(
      '--client-secret-env <name>',
      `variable with its secret (default: ${DEFAULT_SECRET_VARIABLE})`,
    );
}
