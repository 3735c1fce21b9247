import { ERROR_KINDS } from '../domain/errors.js';
import { isLoopback } from '../config/addresses.js';
import type { OAuthErrorAnswer, ProblemAnswer } from '../domain/answers.generated.js';
import { maskLogText } from '../domain/secrets/mask.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { CliFailure } from './failure.js';
import type { Terminal } from './terminal.js';
import { READER, type Reader } from './values.js';

const refusal: Reader<ProblemAnswer | OAuthErrorAnswer> = READER;
const fault: Reader<NonNullable<ProblemAnswer['problems']>[number]> = READER;
const ground: Reader<NonNullable<ProblemAnswer['reasons']>[number]> = READER;

export interface Exchange {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Default: 20 seconds. */
  readonly timeoutMs?: number;
}

export interface Answer {
  readonly status: number;
  /** Parsed JSON; undefined for an empty body. */
  readonly body: unknown;
  readonly date: string | undefined;
}

const TIMEOUT_MS = 20_000;

/** Sends a request. Throws CliFailure without an answer, or when it is not Countersign's. */
export async function exchange(terminal: Terminal, request: Exchange): Promise<Answer> {
  const { method, url, headers, body, timeoutMs = TIMEOUT_MS } = request;
  let response: Response;
  let text: string;
  try {
    response = await terminal.fetch(url, {
      method,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : Buffer.from(body) }),
    });
    text = await response.text();
  } catch (error) {
    const { origin } = new URL(url);
    throw new CliFailure(
      EXIT.unavailable,
      `${origin} does not answer (${reasonOf(error)}). Is Countersign running there?`,
    );
  }
  const date = response.headers.get('date') ?? undefined;
  return { status: response.status, body: parse(text, response, url), date };
}

function parse(text: string, response: Response, url: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    if (response.ok) return text;
    throw new CliFailure(
      EXIT.unavailable,
      `${new URL(url).origin} answered ${String(response.status)} with something that is not JSON`,
    );
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
  return maskLogText(code);
}

/**
 * Returns a successful answer; throws CliFailure with the service's problem otherwise. `missingHint` takes the place
 * of the general hint of a 404.
 */
export function expectSuccess(answer: Answer, missingHint?: string): Answer {
  if (answer.status >= 200 && answer.status < 300) return answer;
  const isGeneral = refusal.text(answer.body, 'hint') === ERROR_KINDS.not_found.hint;
  const hint = answer.status === 404 && isGeneral ? missingHint : undefined;
  throw new CliFailure(exitCodeOf(answer), describeProblem(answer, hint), answer.body);
}

/** Formats a problem document (RFC 9457) or an OAuth error (RFC 6749) in a few lines. */
export function describeProblem({ status, body }: Answer, ownHint?: string): string {
  const code = refusal.text(body, 'error');
  const detail = refusal.text(body, 'detail') || refusal.text(body, 'error_description');
  const lines = [
    `${code || String(status)}: ${detail || refusal.text(body, 'title') || 'refused'}`,
  ];
  for (const problem of refusal.rows(body, 'problems')) {
    lines.push(`  ${fault.text(problem, 'pointer')}: ${fault.text(problem, 'message')}`);
  }
  for (const reason of refusal.rows(body, 'reasons')) {
    lines.push(`  ${ground.text(reason, 'rule')}: ${ground.text(reason, 'message')}`);
  }
  const hint = ownHint ?? refusal.text(body, 'hint');
  if (hint !== '') lines.push(hint);
  const decision = refusal.text(body, 'decision_id');
  if (decision !== '') lines.push(`decision ${decision}`);
  return lines.join('\n');
}

const EXIT_BY_STATUS: Readonly<Record<number, ExitCode>> = {
  400: EXIT.usage,
  401: EXIT.notAllowed,
  404: EXIT.notFound,
  405: EXIT.unavailable,
  409: EXIT.conflict,
  412: EXIT.conflict,
  413: EXIT.usage,
  415: EXIT.usage,
  429: EXIT.unavailable,
};
const NOT_ALLOWED = new Set(['forbidden', 'host_not_allowed']);

function exitCodeOf({ status, body }: Answer): ExitCode {
  if (status === 403) {
    return NOT_ALLOWED.has(refusal.text(body, 'error')) ? EXIT.notAllowed : EXIT.refused;
  }
  return EXIT_BY_STATUS[status] ?? EXIT.unavailable;
}

/** Warns on standard error before a credential is sent unencrypted over a network. */
export function warnWhenPlain(terminal: Terminal, url: string): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'http:' && !isLoopback(hostname)) {
    terminal.err(`warning: ${url} is not https: the credential is sent unencrypted\n`);
  }
}
