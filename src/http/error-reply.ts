import { CountersignError, ERROR_KINDS, type ErrorCode, unavailable } from '../domain/errors.js';
import { maskText } from '../domain/secrets/mask.js';
import type { Reply } from './call.js';
import { rateHeaders } from './rate-headers.js';

/** The shape of an error response: RFC 9457, RFC 6749 section 5.2, or OPA's REST API. */
export type ErrorShape = 'problem' | 'oauth' | 'opa';

const DEFAULT_RETRY_SECONDS = 1;

/** Returns the public error code: an agent must not learn that it is quarantined. */
export function publicCode(code: ErrorCode): ErrorCode {
  return code === 'agent_quarantined' ? 'access_denied' : code;
}

/** Returns status and OAuth `error` of a code in form responses. */
export function oauthAnswer(code: ErrorCode): { readonly status: number; readonly error: string } {
  const kind = ERROR_KINDS[code];
  return 'form' in kind ? kind.form : { status: kind.status, error: code };
}

/** Converts a thrown value to a public error; an unknown error becomes a 503 without details. */
export function toCountersignError(thrown: unknown): CountersignError {
  if (thrown instanceof CountersignError) return thrown;
  return unavailable(thrown instanceof Error ? thrown.message : 'a non-error was thrown', thrown);
}

/** Returns the response to a failed request, in the shape of its codec. */
export function replyError(
  error: CountersignError,
  shape: ErrorShape,
  issuer: string,
  requestId: string,
): Reply {
  if (shape === 'opa') return replyOpa(error);
  return shape === 'oauth' ? replyOauth(error, issuer) : replyProblem(error, issuer, requestId);
}

/** Returns status and OPA's code (its `types` package); a server fault is `internal_error`. */
export function opaAnswer(code: ErrorCode): { readonly status: number; readonly error: string } {
  const { status } = ERROR_KINDS[publicCode(code)];
  if (status === 401 || status === 403) return { status, error: 'unauthorized' };
  return { status, error: status < 429 ? 'invalid_parameter' : 'internal_error' };
}

function replyOpa(error: CountersignError): Reply {
  const { status, error: code } = opaAnswer(error.code);
  const body = JSON.stringify({ code, message: maskText(error.detail) });
  return { status, headers: errorHeaders('application/json', status, error), body };
}

function replyOauth(error: CountersignError, issuer: string): Reply {
  const { status, error: code } = oauthAnswer(error.code);
  const body = JSON.stringify({
    error: code,
    error_description: describeInAscii(maskText(error.detail)),
    // RFC 6749 has fewer codes than this service: the page tells them apart.
    error_uri: pageOf(issuer, publicCode(error.code)),
  });
  return { status, headers: errorHeaders('application/json', status, error), body };
}

function replyProblem(error: CountersignError, issuer: string, requestId: string): Reply {
  const code = publicCode(error.code);
  const { status, title } = ERROR_KINDS[code];
  const { hint = ERROR_KINDS[code].hint, decisionId, reasons, removed, problems } = error.fields;
  const body = JSON.stringify({
    type: pageOf(issuer, code),
    title,
    status,
    detail: maskText(error.detail),
    error: code,
    hint,
    request_id: requestId,
    decision_id: decisionId,
    reasons: reasons?.map(({ rule, code: reason, message }) => ({ rule, code: reason, message })),
    removed: removed?.map(({ scope, rule, reason }) => ({ scope, rule, reason })),
    problems: problems?.map(({ pointer, message }) => ({
      pointer: maskText(pointer),
      message: maskText(message),
    })),
  });
  return { status, headers: errorHeaders('application/problem+json', status, error), body };
}

function errorHeaders(contentType: string, status: number, error: CountersignError): string[] {
  const { retryAfterSeconds, rate, allow, challenge } = error.fields;
  const headers = ['Content-Type', contentType, 'Cache-Control', 'no-store', 'Pragma', 'no-cache'];
  if (status === 401) {
    const scheme = challenge ?? (error.code === 'unauthorized' ? 'Bearer' : 'Basic');
    headers.push('WWW-Authenticate', `${scheme} realm="countersign"`);
  }
  const retries = status === 429 || status === 503;
  const seconds = Math.max(1, Math.ceil(retryAfterSeconds ?? DEFAULT_RETRY_SECONDS));
  if (retries) headers.push('Retry-After', String(seconds));
  if (rate !== undefined) headers.push(...rateHeaders(rate, retries ? seconds : undefined));
  if (allow !== undefined) headers.push('Allow', allow);
  return headers;
}

/** Returns the URL of the page about an error code. */
function pageOf(issuer: string, code: ErrorCode): string {
  return `${issuer}/errors/${code}`;
}

/** RFC 6749 section 5.2 allows %x20-21, %x23-5B and %x5D-7E in `error_description`. */
function describeInAscii(detail: string): string {
  return detail
    .replaceAll('"', "'")
    .replaceAll('\\', '/')
    .replaceAll(/[^ -~]/gu, '?');
}
