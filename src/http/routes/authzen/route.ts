import type { ErrorCode } from '../../../domain/errors.js';
import { replyDocument } from '../../reply.js';
import { jsonAnswer, type Route } from '../../route.js';
import { answerEvaluations, type AuthzenDeps } from './handler.js';
import { DECISION, DECISIONS, EVALUATION, EVALUATIONS } from './schema.js';

const ERRORS: readonly ErrorCode[] = [
  'invalid_request',
  'invalid_client',
  'slow_down',
  'temporarily_unavailable',
  'unsupported_media_type',
  'payload_too_large',
];

const EVALUATION_PATH = '/access/v1/evaluation';
const EVALUATIONS_PATH = '/access/v1/evaluations';
const WELL_KNOWN = '/.well-known/authzen-configuration';

/** OpenID AuthZEN Authorization API 1.0: whether an agent would be granted a scope, without granting it. */
export function authzenRoutes(deps: AuthzenDeps, metadata: MetadataOptions): readonly Route[] {
  const shared = {
    method: 'POST',
    access: 'client',
    echoesRequestId: true,
    errors: ERRORS,
  } as const;
  return [
    {
      ...shared,
      operationId: 'evaluateAccess',
      summary: 'Ask whether an agent would be granted a scope. Nothing is issued.',
      paths: [EVALUATION_PATH],
      body: { json: EVALUATION },
      responses: { 200: jsonAnswer('The decision.', DECISION) },
      handler: answerEvaluations(deps, 'one'),
    },
    {
      ...shared,
      operationId: 'evaluateAccessBatch',
      summary: 'Ask several of these questions at once.',
      paths: [EVALUATIONS_PATH],
      body: { json: EVALUATIONS },
      responses: {
        200: jsonAnswer('The decisions in the order asked; one alone without `evaluations`.', {
          oneOf: [DECISION, DECISIONS],
        }),
      },
      handler: answerEvaluations(deps, 'many'),
    },
    metadataRoute(metadata),
  ];
}

interface MetadataOptions {
  readonly issuer: string;
  readonly maxAgeSeconds: number;
}

/** Section 9: the well-known string comes between the identifier's host and its path. */
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
    summary: 'Policy decision point metadata.',
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
