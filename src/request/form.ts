import type { BodyCredential } from '../domain/request.js';
import { malformed, publicName } from './malformed.js';
import { decodeBody, refuseBadName, refuseBadText } from './text.js';
import {
  bodyCredentialOf,
  buildTokenRequest,
  ttlOf,
  type ParsedTokenRequest,
} from './token-request.js';

type Parameters = ReadonlyMap<string, readonly string[]>;

/** The content of an introspection (RFC 7662) or revocation (RFC 7009) request's body. */
export interface ParsedTokenForm {
  readonly token: string;
  /** Only a hint: the search ignores it. */
  readonly tokenTypeHint: string | undefined;
  readonly bodyCredential: BodyCredential;
}

// RFC 8707 section 2 and RFC 8693 section 2.1 allow these two parameters to be repeated.
const REPEATABLE: ReadonlySet<string> = new Set(['resource', 'audience']);
const NONE: ReadonlySet<string> = new Set();
const CANONICAL_POSITIVE = /^[1-9][0-9]*$/;

/**
 * Parses a token request in form encoding (RFC 6749 section 4.4.2, RFC 8707).
 * Extensions are `countersign_ttl` for the lifetime, `session_id`, `task_id`, `user_id` and `reason`. Unknown
 * parameters are ignored. Throws CountersignError (400 or 413), never anything else.
 */
export function parseFormRequest(body: Uint8Array): ParsedTokenRequest {
  const form = parseForm(body, REPEATABLE);
  const grantType = one(form, 'grant_type');
  if (grantType === undefined) throw malformed('grant_type is missing.');
  return buildTokenRequest({
    codec: 'form',
    grantType,
    clientId: one(form, 'client_id'),
    agentId: one(form, 'agent_id'),
    clientSecret: one(form, 'client_secret'),
    clientAssertion: one(form, 'client_assertion'),
    clientAssertionType: one(form, 'client_assertion_type'),
    resources: (form.get('resource') ?? []).filter((value) => value !== ''),
    scopes: one(form, 'scope')?.split(' ') ?? [],
    ttlSeconds: ttl(form),
    sessionId: one(form, 'session_id'),
    taskId: one(form, 'task_id'),
    userId: one(form, 'user_id'),
    reason: one(form, 'reason'),
  });
}

/**
 * Parses the body of an introspection or revocation request.
 * Throws CountersignError (400 or 413) only.
 */
export function parseTokenForm(body: Uint8Array): ParsedTokenForm {
  const form = parseForm(body);
  const token = one(form, 'token');
  if (token === undefined) throw malformed('token is missing.');
  return {
    token,
    tokenTypeHint: one(form, 'token_type_hint'),
    bodyCredential: bodyCredentialOf({
      clientId: one(form, 'client_id'),
      clientSecret: one(form, 'client_secret'),
      clientAssertion: one(form, 'client_assertion'),
      clientAssertionType: one(form, 'client_assertion_type'),
    }),
  };
}

/**
 * Parses `application/x-www-form-urlencoded` bytes; keeps empty values.
 * Unlike URLSearchParams it refuses bad percent-encoding, bad UTF-8, NUL, reserved names, and repeated parameters that
 * are not in `repeatable`. Throws CountersignError (400 or 413) only.
 */
export function parseForm(
  body: Uint8Array,
  repeatable: ReadonlySet<string> = NONE,
): Map<string, string[]> {
  const form = new Map<string, string[]>();
  for (const pair of decodeBody(body).split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decodeComponent(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? '' : decodeComponent(pair.slice(equals + 1));
    refuseBadName(name);
    refuseBadText(value, publicName(name));
    const values = form.get(name);
    if (values === undefined) form.set(name, [value]);
    else if (repeatable.has(name)) values.push(value);
    else throw malformed(`${publicName(name)} is given twice.`);
  }
  return form;
}

function decodeComponent(text: string): string {
  if (!text.includes('%')) return text.includes('+') ? text.replaceAll('+', ' ') : text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw malformed('The form is not well-formed percent-encoded UTF-8.');
  }
}

/** Returns a value; an empty one counts as absent (RFC 6749 section 3.2). */
function one(form: Parameters, name: string): string | undefined {
  const value = form.get(name)?.[0];
  return value === '' ? undefined : value;
}

function ttl(form: Parameters): number | undefined {
  const value = one(form, 'countersign_ttl');
  if (value === undefined) return undefined;
  return ttlOf(CANONICAL_POSITIVE.test(value) ? Number(value) : NaN, 'countersign_ttl');
}
