import type { PublicOperations } from '../../../use-cases/operations.js';
import type { RequestParsers } from '../../ports.js';
import { replyEmpty } from '../../reply.js';
import { contextOf } from '../../request-context.js';
import type { Route } from '../../route.js';
import { readTokenForm, TOKEN_FORM, TOKEN_FORM_ERRORS } from '../../token-form.js';

export interface RevokeDeps {
  readonly operations: PublicOperations;
  readonly parsers: RequestParsers;
}

/** Returns the token revocation route (RFC 7009). */
export function revokeRoute({ operations, parsers }: RevokeDeps): Route {
  return {
    operationId: 'revoke',
    summary: 'Revoke a token of the calling agent, at once.',
    method: 'POST',
    paths: ['/revoke', '/oauth2/revoke'],
    access: 'client',
    body: { form: TOKEN_FORM },
    responses: {
      200: {
        description:
          'The token is revoked, or was no valid token of the caller: the answer does not tell.',
      },
    },
    errors: TOKEN_FORM_ERRORS,
    handler: async (call) => {
      const { token, credential } = await readTokenForm(call, parsers);
      await operations.revokeToken(token, credential, contextOf(call));
      return replyEmpty(200);
    },
  };
}
