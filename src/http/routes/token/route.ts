import type { ErrorCode } from '../../../domain/errors.js';
import type { Route } from '../../route.js';
import { answerSidecarToken, answerToken, type TokenDeps } from './handler.js';
import { TOKEN_ANSWER, TOKEN_FORM, TOKEN_JSON } from './schema.js';

const ERRORS: readonly ErrorCode[] = [
  'invalid_request',
  'invalid_client',
  'invalid_scope',
  'invalid_target',
  'unsupported_grant_type',
  'unauthorized_client',
  'access_denied',
  'agent_quarantined',
  'review_required',
  'slow_down',
  'temporarily_unavailable',
  'unsupported_media_type',
  'payload_too_large',
];

const GRANTED = {
  200: {
    description: 'Granted, in full or narrowed.',
    content: { 'application/json': TOKEN_ANSWER },
  },
};

/** RFC 6749 section 3.2, in two codecs. */
export function tokenRoute(deps: TokenDeps): Route {
  return {
    operationId: 'token',
    summary: 'Ask for scopes on a resource; get a short-lived access token.',
    method: 'POST',
    paths: ['/token', '/oauth2/token'],
    access: 'client',
    body: { json: TOKEN_JSON, form: TOKEN_FORM },
    responses: GRANTED,
    errors: ERRORS,
    handler: answerToken(deps),
  };
}

/** The same request on the sidecar listener: JSON only, and no credential. */
export function sidecarTokenRoute(deps: TokenDeps, agentId: string): Route {
  return {
    operationId: 'sidecarToken',
    summary: 'Ask for scopes as the one agent this listener serves; no credential is taken.',
    method: 'POST',
    paths: ['/token', '/oauth2/token'],
    access: 'sidecar',
    body: { json: TOKEN_JSON },
    responses: GRANTED,
    errors: ERRORS,
    handler: answerSidecarToken(deps, agentId),
  };
}
