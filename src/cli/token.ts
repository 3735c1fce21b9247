import type { IntrospectionAnswer, TokenAnswer } from '../domain/answers.generated.js';
import { show } from './answer.js';
import type { ClientOptions } from './client-options.js';
import { clientAccess } from './clients.js';
import type { Cli } from './define.js';
import { EXIT } from './exit-codes.js';
import { usage } from './failure.js';
import { exchange, expectSuccess, warnWhenPlain } from './http-client.js';
import { printFields } from './output.js';
import type { Terminal } from './terminal.js';
import { READER, type Reader } from './values.js';

const issued: Reader<TokenAnswer> = READER;
const cut: Reader<NonNullable<TokenAnswer['removed']>[number]> = READER;
const introspected: Reader<IntrospectionAnswer> = READER;

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
  const active = introspected.value(body, 'active') === true;
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
    out('no token of this agent with this text is active\n');
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
    cli.terminal.out(`${issued.text(body, 'access_token')}\n`);
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
    ['token', issued.text(body, 'access_token')],
    ['scope', issued.text(body, 'scope')],
    ['expires in', `${issued.text(body, 'expires_in')} s`],
    ['grant', issued.text(body, 'grant_id')],
    ['decision', issued.text(body, 'decision_id')],
  ]);
  for (const removed of issued.rows(body, 'removed')) {
    const why = `${cut.text(removed, 'rule')}: ${cut.text(removed, 'reason')}`;
    printFields(terminal, [['not granted', `${cut.text(removed, 'scope')} (${why})`]]);
  }
}

const CLAIMS = [
  'client_id',
  'scope',
  'aud',
  'grant_id',
  'decision_id',
  'session_id',
  'task_id',
] as const;

function printIntrospection(terminal: Terminal, body: unknown): void {
  const expires = introspected.number(body, 'exp') ?? 0;
  printFields(terminal, [
    ['active', introspected.text(body, 'active')],
    ...CLAIMS.map((name) => [name, introspected.text(body, name)] as const),
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
