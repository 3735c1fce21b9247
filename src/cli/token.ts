import { show } from './answer.js';
import type { ClientOptions } from './client-options.js';
import { clientAccess } from './clients.js';
import type { Cli } from './define.js';
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

/** Runs `countersign token introspect`; exit 1 when the token is not active. */
export async function introspect(
  cli: Cli,
  given: string | undefined,
  options: ClientOptions,
): Promise<void> {
  const body = await sendToken(cli, options, 'resource_server', '/introspect', given);
  const active = textOf(body, 'active') === 'true';
  if (!active) cli.exitWith(EXIT.refused);
  show(cli, options, body, (terminal) => {
    printIntrospection(terminal, body);
  });
}

/** Runs `countersign token revoke`. */
export async function revoke(
  cli: Cli,
  given: string | undefined,
  options: ClientOptions,
): Promise<void> {
  await sendToken(cli, options, 'agent', '/revoke', given);
  show(cli, options, { revoked: true }, ({ out }) => {
    out('the token is revoked\n');
  });
}

/** Runs `countersign token issue`. */
export async function issue(cli: Cli, options: IssueOptions): Promise<void> {
  const { url, authorization } = await clientAccess(cli.terminal, options, 'agent');
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
  const { url, authorization } = await clientAccess(terminal, options, demoClient);
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
