import type { TokenClaims } from '../../../domain/token.js';
import type { PublicOperations } from '../../../use-cases/operations.js';
import type { Reply } from '../../call.js';
import type { RequestParsers } from '../../ports.js';
import { replyJson } from '../../reply.js';
import { contextOf } from '../../request-context.js';
import type { Route } from '../../route.js';
import { readTokenForm, TOKEN_FORM, TOKEN_FORM_ERRORS } from '../../token-form.js';
import { ACTIVE, INACTIVE } from './schema.js';

export interface IntrospectDeps {
  readonly operations: PublicOperations;
  readonly parsers: RequestParsers;
}

// One response for every inactive token, so that it does not reveal the reason.
const REPLY_INACTIVE: Reply = replyJson(200, { active: false });

/** Returns the token introspection route (RFC 7662). */
export function introspectRoute({ operations, parsers }: IntrospectDeps): Route {
  return {
    operationId: 'introspect',
    summary: 'Introspect a token as a resource server.',
    method: 'POST',
    paths: ['/introspect', '/oauth2/introspect'],
    access: 'client',
    body: { form: TOKEN_FORM },
    responses: {
      200: {
        description: 'Active with claims, or inactive without further members.',
        content: { 'application/json': { oneOf: [ACTIVE, INACTIVE] } },
      },
    },
    errors: TOKEN_FORM_ERRORS,
    handler: async (call) => {
      const { token, credential } = await readTokenForm(call, parsers);
      const answer = await operations.introspect(token, credential, contextOf(call));
      return answer.active ? replyActive(answer.claims) : REPLY_INACTIVE;
    },
  };
}

function replyActive(claims: TokenClaims): Reply {
  return replyJson(200, {
    active: true,
    scope: claims.scope,
    client_id: claims.client_id,
    token_type: 'Bearer',
    exp: claims.exp,
    iat: claims.iat,
    sub: claims.sub,
    aud: claims.aud,
    iss: claims.iss,
    jti: claims.jti,
    grant_id: claims.grant_id,
    decision_id: claims.decision_id,
    session_id: claims.session_id,
    task_id: claims.task_id,
    user_id: claims.user_id,
    policy_revision: claims.policy_revision,
    input_digest: claims.input_digest,
  });
}
