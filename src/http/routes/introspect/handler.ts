import type { PublicOperations } from '../../../use-cases/operations.js';
import type { TokenClaims } from '../../../domain/token.js';
import type { Handler, Reply } from '../../call.js';
import { requireCodec } from '../../content-type.js';
import type { RequestParsers } from '../../ports.js';
import { refuseQuery } from '../../query.js';
import { replyJson } from '../../reply.js';
import { contextOf } from '../../request-context.js';

export interface IntrospectDeps {
  readonly operations: PublicOperations;
  readonly parsers: RequestParsers;
}

const FORM_ONLY = ['form'] as const;

// One answer for everything inactive, so that it tells nothing about why.
const INACTIVE: Reply = replyJson(200, { active: false });

/** RFC 7662 section 2. */
export function answerIntrospection({ operations, parsers }: IntrospectDeps): Handler {
  return async (call) => {
    requireCodec(call, FORM_ONLY);
    refuseQuery(call);
    const { token, bodyCredential } = parsers.parseTokenForm(await call.body());
    const credential = parsers.credentialFrom({
      authorizationHeader: call.single('authorization'),
      bodyCredential,
      clientIdAlias: bodyCredential.clientId,
    });
    const answer = await operations.introspect(token, credential, contextOf(call));
    return answer.active ? replyActive(answer.claims) : INACTIVE;
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
