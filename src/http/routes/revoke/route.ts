import type { PublicOperations } from '../../../use-cases/operations.js';
import { requireCodec } from '../../content-type.js';
import type { RequestParsers } from '../../ports.js';
import { refuseQuery } from '../../query.js';
import { replyEmpty } from '../../reply.js';
import { contextOf } from '../../request-context.js';
import type { Route } from '../../route.js';
import { TOKEN_FORM_SCHEMA } from '../../token-form-schema.js';

export interface RevokeDeps {
  readonly operations: PublicOperations;
  readonly parsers: RequestParsers;
}

const FORM_ONLY = ['form'] as const;

/** Returns the token revocation route (RFC 7009). */
export function revokeRoute({ operations, parsers }: RevokeDeps): Route {
  return {
    operationId: 'revoke',
    summary: 'Revoke a token of the calling agent, at once.',
    method: 'POST',
    paths: ['/revoke', '/oauth2/revoke'],
    access: 'client',
    body: { form: TOKEN_FORM_SCHEMA },
    responses: {
      200: { description: 'The token is revoked, or was never a valid token of the caller.' },
    },
    errors: [
      'invalid_request',
      'invalid_client',
      'unauthorized_client',
      'slow_down',
      'temporarily_unavailable',
      'unsupported_media_type',
      'payload_too_large',
    ],
    handler: async (call) => {
      requireCodec(call, FORM_ONLY);
      refuseQuery(call);
      const { token, bodyCredential } = parsers.parseTokenForm(await call.body());
      const credential = parsers.credentialFrom({
        authorizationHeader: call.single('authorization'),
        bodyCredential,
        clientIdAlias: bodyCredential.clientId,
      });
      await operations.revokeToken(token, credential, contextOf(call));
      return replyEmpty(200);
    },
  };
}
