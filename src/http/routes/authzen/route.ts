import type { Judgement } from '../../../domain/access-evaluation.js';
import { CountersignError, type ErrorCode } from '../../../domain/errors.js';
import type { PublicOperations } from '../../../use-cases/operations.js';
import type { Call, Handler } from '../../call.js';
import { codecOf } from '../../content-type.js';
import type { RequestParsers } from '../../ports.js';
import { refuseQuery } from '../../query.js';
import { replyDocument, replyJson } from '../../reply.js';
import { decidedContextOf } from '../../request-context.js';
import { jsonAnswer, type Route } from '../../route.js';
import { DECISION, DECISIONS, EVALUATION, EVALUATIONS } from './schema.js';

export interface AuthzenDeps {
  readonly operations: PublicOperations;
  readonly parsers: RequestParsers;
}

interface MetadataOptions {
  readonly issuer: string;
  readonly maxAgeSeconds: number;
}

const ERRORS: readonly ErrorCode[] = [
  'invalid_request',
  'invalid_client',
  'slow_down',
  'temporarily_unavailable',
  'clock_not_trusted',
  'policy_budget_exceeded',
  'unsupported_media_type',
  'payload_too_large',
];

const EVALUATION_PATH = '/access/v1/evaluation';
const EVALUATIONS_PATH = '/access/v1/evaluations';
const WELL_KNOWN = '/.well-known/authzen-configuration';

const SHARED = {
  method: 'POST',
  access: 'client',
  echoesRequestId: true,
  errors: ERRORS,
} as const;

/** Returns the routes of OpenID AuthZEN Authorization API 1.0; they issue no tokens. */
export function authzenRoutes(deps: AuthzenDeps, metadata: MetadataOptions): readonly Route[] {
  return [
    {
      ...SHARED,
      operationId: 'evaluateAccess',
      summary: 'Evaluate whether an agent would be granted a scope; nothing is issued.',
      paths: [EVALUATION_PATH],
      body: { json: EVALUATION },
      responses: { 200: jsonAnswer('The decision.', DECISION) },
      handler: answerEvaluations(deps, 'one'),
    },
    {
      ...SHARED,
      operationId: 'evaluateAccessBatch',
      summary: 'Evaluate several access requests at once.',
      paths: [EVALUATIONS_PATH],
      body: { json: EVALUATIONS },
      responses: {
        200: jsonAnswer(
          'The decisions in request order; a single decision without `evaluations`.',
          {
            oneOf: [DECISION, DECISIONS],
          },
        ),
      },
      handler: answerEvaluations(deps, 'many'),
    },
    metadataRoute(metadata),
  ];
}

/** Returns the handler of one or many evaluations (AuthZEN 1.0 sections 5 and 6). */
function answerEvaluations(
  { operations, parsers }: AuthzenDeps,
  endpoint: 'one' | 'many',
): Handler {
  return async (call) => {
    requireJson(call);
    refuseQuery(call);
    const { batch, single, bodyCredential } = parsers.parseEvaluations(await call.body(), endpoint);
    const credential = parsers.credentialFrom({
      authorizationHeader: call.single('authorization'),
      bodyCredential,
      clientIdAlias: bodyCredential.clientId,
    });
    const judgements = await operations.evaluateAccess(batch, credential, decidedContextOf(call));
    const decisions = judgements.map(decisionOf);
    return replyJson(200, single ? decisions[0] : { evaluations: decisions });
  };
}

/** Rejects other content types with 400: the specification has no 415 (section 10.1). */
function requireJson(call: Call): void {
  if (codecOf(call.single('content-type')) === 'json') return;
  throw new CountersignError('invalid_request', 'Send application/json.');
}

function decisionOf(judgement: Judgement): object {
  const { decision, decisionId, ttlSeconds, reviewRequired, reasons, problem } = judgement;
  if (problem !== undefined) {
    return { decision: false, context: { error: { status: 400, message: problem } } };
  }
  return {
    decision,
    context: {
      decision_id: decisionId,
      ttl_seconds: ttlSeconds,
      review_required: reviewRequired,
      reasons: reasons?.map(({ rule, code, message }) => ({ rule, code, message })),
    },
  };
}

/** Returns the metadata route (section 9): its path inserts the well-known string after the host. */
function metadataRoute({ issuer, maxAgeSeconds }: MetadataOptions): Route {
  const base = issuer.replace(/\/$/, '');
  const body = JSON.stringify({
    policy_decision_point: issuer,
    access_evaluation_endpoint: `${base}${EVALUATION_PATH}`,
    access_evaluations_endpoint: `${base}${EVALUATIONS_PATH}`,
  });
  const reply = replyDocument('application/json', body, maxAgeSeconds);
  const url = { type: 'string', format: 'uri' };
  return {
    operationId: 'authzenConfiguration',
    summary: 'Get the policy decision point metadata.',
    method: 'GET',
    paths: [`${WELL_KNOWN}${new URL(issuer).pathname.replace(/\/$/, '')}`],
    access: 'anyone',
    responses: {
      200: jsonAnswer('The metadata.', {
        type: 'object',
        required: ['policy_decision_point', 'access_evaluation_endpoint'],
        additionalProperties: false,
        properties: {
          policy_decision_point: url,
          access_evaluation_endpoint: url,
          access_evaluations_endpoint: url,
        },
      }),
    },
    errors: [],
    handler: () => Promise.resolve(reply),
  };
}
