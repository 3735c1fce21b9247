import { holdsCredential } from '../domain/secrets/mask.js';
import { CountersignError } from '../domain/errors.js';
import type { AccessRequest, BodyCredential, Declared } from '../domain/request.js';
import { isScope, MAX_SCOPES } from '../domain/scope.js';
import { malformed } from './malformed.js';
import { refuseUnprintable } from './text.js';

/** The content of a token request's body: the request and its client authentication. */
export interface ParsedTokenRequest {
  readonly request: AccessRequest;
  readonly bodyCredential: BodyCredential;
}

/** The members of a token request after a codec has read their wire types, without empty strings. */
export interface TokenRequestMembers {
  readonly codec: AccessRequest['codec'];
  readonly grantType: string | undefined;
  readonly clientId: string | undefined;
  readonly agentId: string | undefined;
  readonly clientSecret: string | undefined;
  readonly clientAssertion: string | undefined;
  readonly clientAssertionType: string | undefined;
  readonly resources: readonly string[];
  readonly scopes: readonly string[];
  readonly ttlSeconds: number | undefined;
  readonly sessionId: string | undefined;
  readonly taskId: string | undefined;
  readonly userId: string | undefined;
  readonly reason: string | undefined;
}

const MAX_RESOURCE_CHARS = 512;
const RESOURCE = /^[\x21-\x7e]+$/;
const MAX_DECLARED_CHARS = 256;
const MAX_REASON_CHARS = 1024;
/** Longer lifetimes are reduced to this one; every later cap is smaller. */
const MAX_TTL_SECONDS = 2 ** 31 - 1;

/** Applies the rules of both codecs. Throws CountersignError with the code of the first error. */
export function buildTokenRequest(members: TokenRequestMembers): ParsedTokenRequest {
  if (members.grantType !== 'client_credentials') {
    throw new CountersignError('unsupported_grant_type', 'Only client_credentials is supported.');
  }
  const clientId = clientIdOf(members);
  // Lengths before content: an overlong text is never searched.
  const declared = declaredOf(members);
  const resource = oneResource(members.resources);
  const scopes = distinctScopes(members.scopes);
  refuseMisplacedCredentials(members);
  return {
    request: {
      codec: members.codec,
      clientIdAlias: clientId,
      resource,
      scopes,
      ttlSeconds: members.ttlSeconds,
      declared,
    },
    bodyCredential: bodyCredentialOf({ ...members, clientId }),
  };
}

/** Returns the credential without absent members. */
export function bodyCredentialOf(
  members: Pick<
    TokenRequestMembers,
    'clientId' | 'clientSecret' | 'clientAssertion' | 'clientAssertionType'
  >,
): BodyCredential {
  const { clientId, clientSecret, clientAssertion, clientAssertionType } = members;
  return {
    ...(clientId === undefined ? {} : { clientId }),
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(clientAssertion === undefined ? {} : { clientAssertion }),
    ...(clientAssertionType === undefined ? {} : { clientAssertionType }),
  };
}

/** Returns a lifetime in whole seconds, at most 2^31-1. Throws unless it is a positive integer. */
export function ttlOf(seconds: number, name: string): number {
  // A number too large for a double arrives as Infinity, which counts as an integer and is clamped.
  if (seconds === Infinity || (Number.isInteger(seconds) && seconds > 0)) {
    return Math.min(seconds, MAX_TTL_SECONDS);
  }
  throw malformed(`${name} is not a positive whole number of seconds.`);
}

function clientIdOf({ clientId, agentId }: TokenRequestMembers): string | undefined {
  if (clientId !== undefined && agentId !== undefined && clientId !== agentId) {
    throw malformed('agent_id and client_id are given and differ.');
  }
  return clientId ?? agentId;
}

/** Refuses credentials in members that are stored, shown and forwarded. */
function refuseMisplacedCredentials(members: TokenRequestMembers): void {
  const kept: readonly (readonly [string, string])[] = [
    ['session_id', members.sessionId ?? ''],
    ['task_id', members.taskId ?? ''],
    ['user_id', members.userId ?? ''],
    ['reason', members.reason ?? ''],
    ['resource', members.resources.join(' ')],
    ['scope', members.scopes.join(' ')],
  ];
  for (const [name, text] of kept) {
    if (holdsCredential(text)) throw malformed(`${name} holds what looks like a credential.`);
  }
}

/** Returns the declared context. Throws for a text that is too long or contains control characters. */
export function declaredOf(
  members: Pick<TokenRequestMembers, 'sessionId' | 'taskId' | 'userId' | 'reason'>,
): Declared {
  const { sessionId, taskId, userId, reason } = members;
  refuseUnprintable(sessionId ?? '', 'session_id', MAX_DECLARED_CHARS);
  refuseUnprintable(taskId ?? '', 'task_id', MAX_DECLARED_CHARS);
  refuseUnprintable(userId ?? '', 'user_id', MAX_DECLARED_CHARS);
  refuseUnprintable(reason ?? '', 'reason', MAX_REASON_CHARS);
  return {
    ...(sessionId === undefined ? {} : { session_id: sessionId }),
    ...(taskId === undefined ? {} : { task_id: taskId }),
    ...(userId === undefined ? {} : { user_id: userId }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function oneResource(resources: readonly string[]): string {
  const [resource, ...others] = new Set(resources);
  if (resource === undefined) throw malformed('resource is missing.');
  if (others.length > 0) {
    throw new CountersignError('invalid_target', 'A token is for one resource; several are named.');
  }
  // Ids and audience URIs are short printable ASCII, so any other text names no resource.
  if (resource.length > MAX_RESOURCE_CHARS || !RESOURCE.test(resource)) {
    throw new CountersignError('invalid_target', 'The resource is not registered.');
  }
  return resource;
}

function distinctScopes(scopes: readonly string[]): readonly string[] {
  if (scopes.length === 0) throw new CountersignError('invalid_scope', 'scope is missing.');
  if (scopes.length > MAX_SCOPES) {
    throw new CountersignError('invalid_scope', 'More than 64 scopes are requested.');
  }
  if (!scopes.every(isScope)) {
    throw new CountersignError('invalid_scope', 'A scope is malformed or over 256 characters.');
  }
  return [...new Set(scopes)];
}
