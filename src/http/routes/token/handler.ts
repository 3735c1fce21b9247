import type { AccessGranted, PublicOperations } from '../../../use-cases/operations.js';
import { CountersignError } from '../../../domain/errors.js';
import type { BodyCredential, ClientCredential } from '../../../domain/request.js';
import type { Call, Handler, Reply } from '../../call.js';
import { type Codec, requireCodec } from '../../content-type.js';
import { rateHeaders } from '../../rate-headers.js';
import type { RequestParsers } from '../../ports.js';
import { replyJson } from '../../reply.js';
import { decidedContextOf } from '../../request-context.js';
import { refuseQuery } from '../../query.js';

export interface TokenDeps {
  readonly operations: PublicOperations;
  readonly parsers: RequestParsers;
}

const PUBLIC_CODECS = ['json', 'form'] as const;
const SIDECAR_CODECS = ['json'] as const;

/** POST /token on the public listener. */
export function answerToken({ operations, parsers }: TokenDeps): Handler {
  return async (call) => {
    const codec = requireCodec(call, PUBLIC_CODECS);
    refuseQuery(call);
    const { request, bodyCredential } = parsers.parseToken(codec, await call.body());
    const credential = parsers.credentialFrom({
      authorizationHeader: call.single('authorization'),
      bodyCredential,
      clientIdAlias: request.clientIdAlias,
    });
    const granted = await operations.authorize(request, credential, decidedContextOf(call));
    return replyGranted(granted, codec);
  };
}

/** POST /token on the sidecar listener: whoever reaches it is this agent. */
export function answerSidecarToken({ operations, parsers }: TokenDeps, agentId: string): Handler {
  const credential: ClientCredential = { method: 'sidecar', clientId: agentId };
  return async (call) => {
    const codec = requireCodec(call, SIDECAR_CODECS);
    refuseQuery(call);
    const { request, bodyCredential } = parsers.parseToken(codec, await call.body());
    refuseCredential(call, bodyCredential);
    const granted = await operations.authorize(request, credential, decidedContextOf(call));
    return replyGranted(granted, codec);
  };
}

// A credential sent here would be ignored, and whoever sent it means another agent or another listener.
function refuseCredential(call: Call, presented: BodyCredential): void {
  const { clientSecret, clientAssertion, clientAssertionType } = presented;
  const inBody = clientSecret ?? clientAssertion ?? clientAssertionType;
  if (call.headers.authorization === undefined && inBody === undefined) return;
  throw new CountersignError('invalid_request', 'This listener takes no credential.');
}

function replyGranted(granted: AccessGranted, codec: Codec): Reply {
  const document = {
    access_token: granted.token,
    token_type: 'Bearer',
    expires_in: granted.ttlSeconds,
    scope: granted.scopes.join(' '),
    grant_id: granted.grantId,
    decision_id: granted.decisionId,
    removed: granted.narrowed
      ? granted.removed.map(({ scope, rule, reason }) => ({ scope, rule, reason }))
      : undefined,
    token: codec === 'json' ? granted.token : undefined,
    ttl: codec === 'json' ? granted.ttlSeconds : undefined,
  };
  return replyJson(200, document, rateHeaders(granted.rate));
}
