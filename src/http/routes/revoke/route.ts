import type { Route } from '../../route.js';
import { TOKEN_FORM_SCHEMA } from '../../token-form-schema.js';
import { answerRevocation, type RevokeDeps } from './handler.js';

/** RFC 7009. */
export function revokeRoute(deps: RevokeDeps): Route {
  return {
    operationId: 'revoke',
    summary: 'Revoke one of your own tokens, at once.',
    method: 'POST',
    paths: ['/revoke', '/oauth2/revoke'],
    access: 'client',
    body: { form: TOKEN_FORM_SCHEMA },
    responses: { 200: { description: 'The token is dead, or was never yours or never alive.' } },
    errors: [
      'invalid_request',
      'invalid_client',
      'unauthorized_client',
      'slow_down',
      'temporarily_unavailable',
      'unsupported_media_type',
      'payload_too_large',
    ],
    handler: answerRevocation(deps),
  };
}
