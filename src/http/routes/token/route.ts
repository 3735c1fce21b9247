import { CountersignError, type ErrorCode } from '../../../domain/errors.js';
import type { BodyCredential, ClientCredential } from '../../../domain/request.js';
import type { AccessGranted, PublicOperations } from '../../../use-cases/operations.js';
import type { Call, Reply } from '../../call.js';
import { type Codec, readTextBody, requireCodec } from '../../content-type.js';
import type { RequestParsers } from '../../ports.js';
import { refuseQuery } from '../../query.js';
import { rateHeaders } from '../../rate-headers.js';
import { replyJson } from '../../reply.js';
import { decidedContextOf } from '../../request-context.js';
import type { Route } from '../../route.js';
import { TOKEN_ANSWER, TOKEN_FORM, TOKEN_JSON } from './schema.js';

export interface TokenDeps {
  readonly operations: PublicOperations;
  readonly parsers: RequestParsers;
}

const PUBLIC_CODECS = ['json', 'form'] as const;
const SIDECAR_CODECS = ['json'] as const;

const ERRORS: readonly ErrorCode[] = [
  'invalid_request',
  'invalid_client',
  'invalid_scope',
  'invalid_target',
  'unsupported_grant_type',
  'access_denied',
  'agent_quarantined',
  'review_required',
  'slow_down',
  'temporarily_unavailable',
  'clock_not_trusted',
  'policy_budget_exceeded',
  'unsupported_media_type',
  'payload_too_large',
];

const GRANTED = {
  200: {
    description: 'Granted, in full or narrowed.',
    content: { 'application/json': TOKEN_ANSWER },
  },
};

/** Returns the token route (RFC 6749 section 3.2) with its two codecs. */
export function tokenRoute({ operations, parsers }: TokenDeps): Route {
  return {
    operationId: 'token',
    summary: 'Request a short-lived access token for scopes on a resource.',
    method: 'POST',
    paths: ['/token', '/oauth2/token'],
    access: 'client',
    body: { json: TOKEN_JSON, form: TOKEN_FORM },
    responses: GRANTED,
    errors: ERRORS,
    handler: async (call) => {
      const codec = requireCodec(call, PUBLIC_CODECS);
      refuseQuery(call);
      const { request, bodyCredential } = parsers.parseToken(codec, await readTextBody(call));
      const credential = parsers.credentialFrom({
        authorizationHeader: call.single('authorization'),
        bodyCredential,
        clientIdAlias: request.clientIdAlias,
      });
      const granted = await operations.authorize(request, credential, decidedContextOf(call));
      return replyGranted(granted, codec);
    },
  };
}

/** Returns the token route of the sidecar listener: JSON only, no credential. */
export function sidecarTokenRoute({ operations, parsers }: TokenDeps, agentId: string): Route {
  const credential: ClientCredential = { method: 'sidecar', clientId: agentId };
  return {
    operationId: 'sidecarToken',
    summary: 'Request an access token as the agent of this listener, without a credential.',
    method: 'POST',
    paths: ['/token', '/oauth2/token'],
    access: 'sidecar',
    body: { json: TOKEN_JSON },
    responses: GRANTED,
    errors: ERRORS,
    handler: async (call) => {
      const codec = requireCodec(call, SIDECAR_CODECS);
      refuseQuery(call);
      const { request, bodyCredential } = parsers.parseToken(codec, await readTextBody(call));
      refuseCredential(call, bodyCredential);
      const granted = await operations.authorize(request, credential, decidedContextOf(call));
      return replyGranted(granted, codec);
    },
  };
}

// Rejects a credential instead of ignoring it: its sender means another agent or another listener.
function refuseCredential(call: Call, presented: BodyCredential): void {
  const { clientSecret, clientAssertion, clientAssertionType } = presented;
  const inBody = clientSecret ?? clientAssertion ?? clientAssertionType;
  if (call.headers.authorization === undefined && inBody === undefined) return;
  throw new CountersignError('invalid_request', 'This listener accepts no credential.');
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
