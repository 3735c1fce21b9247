import type { Reason, Removal } from './policy.js';
import type { RateState } from './budget.js';

/** The status and public texts of an error code, in JSON and in form answers. */
interface ErrorKind {
  readonly status: number;
  /** Status and code of RFC 6749 section 5.2 answers; absent: as in JSON. */
  readonly form?: { readonly status: number; readonly error: string };
  readonly title: string;
  /** The remedy for the caller. */
  readonly hint: string;
}

export const ERROR_KINDS = {
  invalid_request: {
    status: 400,
    title: 'The request is malformed',
    hint: 'Correct what `detail` or `problems` names and send the request again.',
  },
  invalid_client: {
    status: 401,
    title: 'Client authentication failed',
    hint: 'Send one credential. Check the client id and the secret or assertion.',
  },
  invalid_scope: {
    status: 400,
    title: 'The scope is missing or malformed',
    hint: 'Ask for 1 to 64 scopes of at most 256 characters each.',
  },
  invalid_target: {
    status: 400,
    title: 'The resource is not known',
    hint: 'Name one registered resource by its id or by its audience URI.',
  },
  unsupported_grant_type: {
    status: 400,
    title: 'The grant type is not supported',
    hint: 'Use client_credentials.',
  },
  access_denied: {
    status: 403,
    form: { status: 400, error: 'invalid_scope' },
    title: 'The policy denied the request',
    hint: 'Read the reasons, if any; ask for less, or ask an operator for a grant.',
  },
  agent_quarantined: {
    status: 403,
    form: { status: 400, error: 'invalid_scope' },
    title: 'The policy denied the request',
    hint: 'An operator must release this agent.',
  },
  review_required: {
    status: 403,
    form: { status: 400, error: 'invalid_scope' },
    title: 'A person must approve this request',
    hint: 'Approvals are not available yet; ask for scopes that need no review.',
  },
  slow_down: {
    status: 429,
    title: 'Too many requests',
    hint: 'Wait for the seconds in Retry-After, then retry.',
  },
  temporarily_unavailable: {
    status: 503,
    title: 'The service cannot decide right now',
    hint: 'Nothing was granted. Try again after Retry-After seconds.',
  },
  policy_budget_exceeded: {
    status: 503,
    form: { status: 503, error: 'temporarily_unavailable' },
    title: 'The policy needs too much work for this request',
    hint: 'Nothing was granted. The same request ends alike: change it, or report it to the operator.',
  },
  clock_not_trusted: {
    status: 503,
    form: { status: 503, error: 'temporarily_unavailable' },
    title: 'The clock of the store cannot be trusted',
    hint: 'Nothing was granted. Try again after Retry-After seconds; operators run `countersign doctor`.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The content type is not supported',
    hint: 'Use the content type or encoding that `detail` names.',
  },
  payload_too_large: {
    status: 413,
    title: 'The body is too large',
    hint: 'Send at most 65,536 bytes.',
  },
  not_found: { status: 404, title: 'Not found', hint: 'Check the path and the id.' },
  method_not_allowed: {
    status: 405,
    title: 'The method is not allowed here',
    hint: 'Use a method that the Allow header lists.',
  },
  unauthorized: {
    status: 401,
    title: 'The admin token is missing or wrong',
    hint: 'Send Authorization: Bearer with an admin token.',
  },
  forbidden: {
    status: 403,
    title: 'The operation is not allowed for this principal',
    hint: 'Ask for a role that includes the operation.',
  },
  host_not_allowed: {
    status: 403,
    title: 'This listener does not answer browsers or foreign host names',
    hint: 'Call it by its own address, without Origin and Sec-Fetch-Site.',
  },
  bundle_refused: {
    status: 409,
    title: 'The policy bundle was refused',
    hint: 'The active bundle stays active. Read the problems; `countersign policy check` finds most of them earlier.',
  },
  conflict: {
    status: 409,
    title: 'The record was changed or exists already',
    hint: 'Read it again and repeat the change.',
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERROR_KINDS;

/** Public members that an error carries to the caller in addition to its code. */
export interface PublicErrorFields {
  readonly decisionId?: string;
  readonly reasons?: readonly Reason[];
  readonly removed?: readonly Removal[];
  readonly retryAfterSeconds?: number;
  /** The empty budget, for the RateLimit header fields. */
  readonly rate?: RateState;
  /** Problems in a document, each at a JSON pointer. */
  readonly problems?: readonly { readonly pointer: string; readonly message: string }[];
  readonly allow?: string;
  /** WWW-Authenticate scheme of a 401. */
  readonly challenge?: 'Basic' | 'Bearer';
  /** The remedy, in place of the one of the code. */
  readonly hint?: string;
}

/**
 * The only error that callers see. `detail` is public and must not help an attacker; `internal` is for the log only.
 */
export class CountersignError extends Error {
  override readonly name = 'CountersignError';

  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    readonly fields: PublicErrorFields = {},
    readonly internal?: string,
    cause?: unknown,
  ) {
    super(`${code}: ${internal ?? detail}`, cause === undefined ? undefined : { cause });
  }
}

/** Returns a 503 for an internal failure; the caller learns only that nothing was granted. */
export function unavailable(internal: string, cause?: unknown): CountersignError {
  return new CountersignError(
    'temporarily_unavailable',
    'Nothing was granted.',
    { retryAfterSeconds: 1 },
    internal,
    cause,
  );
}

/** Returns a 503 for a store with a clock that is too far from this node's clock, or from its own record of time. */
export function clockNotTrusted(internal: string): CountersignError {
  return new CountersignError(
    'clock_not_trusted',
    'Nothing was granted.',
    { retryAfterSeconds: 1 },
    internal,
  );
}
