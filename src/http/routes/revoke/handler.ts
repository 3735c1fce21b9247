import type { PublicOperations } from '../../../use-cases/operations.js';
import type { Handler } from '../../call.js';
import { requireCodec } from '../../content-type.js';
import type { RequestParsers } from '../../ports.js';
import { refuseQuery } from '../../query.js';
import { replyEmpty } from '../../reply.js';
import { contextOf } from '../../request-context.js';

export interface RevokeDeps {
  readonly operations: PublicOperations;
  readonly parsers: RequestParsers;
}

const FORM_ONLY = ['form'] as const;

/** RFC 7009 section 2: 200 for unknown tokens too; 503 means that the token still exists. */
export function answerRevocation({ operations, parsers }: RevokeDeps): Handler {
  return async (call) => {
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
  };
}
