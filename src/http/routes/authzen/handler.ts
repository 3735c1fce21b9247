import type { PublicOperations } from '../../../use-cases/operations.js';
import type { Judgement } from '../../../domain/access-evaluation.js';
import { CountersignError } from '../../../domain/errors.js';
import type { Call, Handler } from '../../call.js';
import { codecOf } from '../../content-type.js';
import type { RequestParsers } from '../../ports.js';
import { refuseQuery } from '../../query.js';
import { replyJson } from '../../reply.js';
import { decidedContextOf } from '../../request-context.js';

export interface AuthzenDeps {
  readonly operations: PublicOperations;
  readonly parsers: RequestParsers;
}

/** POST /access/v1/evaluation and /access/v1/evaluations (AuthZEN 1.0 sections 5 and 6). */
export function answerEvaluations(
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

/** Another content type is a bad request here: the specification has no 415 (section 10.1). */
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
