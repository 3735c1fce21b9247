import type { Command } from 'commander';
import { clientAccess, clientOptions, type ClientOptions } from './clients.js';
import { collect, define, positiveInteger, show, type Cli } from './define.js';
import { EXIT } from './exit-codes.js';
import { usage } from './failure.js';
import { exchange, expectSuccess, warnWhenPlain } from './http-client.js';
import { printFields } from './output.js';
import type { Terminal } from './terminal.js';
import { rowsOf, textOf } from './values.js';

interface IssueOptions extends ClientOptions {
  readonly resource: string;
  readonly scope: readonly string[];
  readonly ttl?: number;
  readonly session?: string;
  readonly task?: string;
  readonly user?: string;
  readonly reason?: string;
  readonly tokenOnly?: boolean;
}

/** `countersign token …`: the public listener, as an agent or a resource server sees it. */
export function tokenCommands(program: Command, cli: Cli): void {
  const token = program.command('token').description('ask for tokens, introspect and revoke them');
  issueCommand(token, cli);
  clientOptions(
    define(token, 'introspect [token]', 'ask, as a resource server, whether a token is good now'),
  ).action(async (given: string | undefined, options: ClientOptions) => {
    const body = await sendToken(cli, options, 'resource_server', '/introspect', given);
    const active = textOf(body, 'active') === 'true';
    if (!active) cli.exitWith(EXIT.refused);
    show(cli, options, body, (terminal) => {
      printIntrospection(terminal, body);
    });
  });
  clientOptions(
    define(token, 'revoke [token]', 'revoke, as the agent that has it, one token'),
  ).action(async (given: string | undefined, options: ClientOptions) => {
    await sendToken(cli, options, 'agent', '/revoke', given);
    show(cli, options, { revoked: true }, ({ out }) => {
      out('the token is revoked\n');
    });
  });
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
    .action(async (options: IssueOptions) => {
      const { url, authorization } = clientAccess(cli.terminal, options, 'agent');
      warnWhenPlain(cli.terminal, url);
      const answer = await exchange(cli.terminal, {
        method: 'POST',
        url: `${url}/token`,
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify(requestOf(options)),
      });
      const { body } = expectSuccess(answer);
      if (options.tokenOnly === true) {
        cli.terminal.out(`${textOf(body, 'access_token')}\n`);
        return;
      }
      show(cli, options, body, (terminal) => {
        printIssued(terminal, body);
      });
    });
}

function requestOf(options: IssueOptions): Record<string, unknown> {
  return {
    resource: options.resource,
    scope: options.scope.join(' '),
    ttl: options.ttl,
    session_id: options.session,
    task_id: options.task,
    user_id: options.user,
    reason: options.reason,
  };
}

function printIssued(terminal: Terminal, body: unknown): void {
  printFields(terminal, [
    ['token', textOf(body, 'access_token')],
    ['scope', textOf(body, 'scope')],
    ['expires in', `${textOf(body, 'expires_in')} s`],
    ['grant', textOf(body, 'grant_id')],
    ['decision', textOf(body, 'decision_id')],
  ]);
  for (const removed of rowsOf(body, 'removed')) {
    const why = `${textOf(removed, 'rule')}: ${textOf(removed, 'reason')}`;
    printFields(terminal, [['not granted', `${textOf(removed, 'scope')} (${why})`]]);
  }
}

const CLAIMS = ['client_id', 'scope', 'aud', 'grant_id', 'decision_id', 'session_id', 'task_id'];

function printIntrospection(terminal: Terminal, body: unknown): void {
  const expires = Number(textOf(body, 'exp'));
  printFields(terminal, [
    ['active', textOf(body, 'active')],
    ...CLAIMS.map((name) => [name, textOf(body, name)] as const),
    ['expires', expires > 0 ? new Date(expires * 1000).toISOString() : ''],
  ]);
}

async function sendToken(
  cli: Cli,
  options: ClientOptions,
  demoClient: 'agent' | 'resource_server',
  path: string,
  given: string | undefined,
): Promise<unknown> {
  const { terminal } = cli;
  const { url, authorization } = clientAccess(terminal, options, demoClient);
  warnWhenPlain(terminal, url);
  const token = given === undefined || given === '-' ? await terminal.readStdin() : given;
  if (token.trim() === '') throw usage('give the token as an argument or on standard input');
  const answer = await exchange(terminal, {
    method: 'POST',
    url: url + path,
    headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token: token.trim() }).toString(),
  });
  return expectSuccess(answer).body;
}
