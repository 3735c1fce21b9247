import type { AnalysisOperations } from '../../../use-cases/policy/analysis.js';
import { CountersignError } from '../../../domain/errors.js';
import { compileCheck } from '../../../schema/compile.js';
import { readDocument } from '../../admin-body.js';
import type { Handler } from '../../call.js';
import { pathParam } from '../../path-param.js';
import type { RequestParsers } from '../../ports.js';
import { readQuery } from '../../query.js';
import { replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { timeOf } from '../audit/time.js';
import {
  EVALUATE_BODY,
  REPLAY_BODY,
  TIGHTEN_BODY,
  type EvaluateBody,
  type ReplayBody,
  type TightenBody,
} from './analysis-schema.js';

export interface AnalysisDeps {
  readonly operations: { readonly analysis: AnalysisOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

const DEFAULT_LIMIT = 100_000;
const checkReplay = compileCheck<ReplayBody>(REPLAY_BODY);
const checkEvaluate = compileCheck<EvaluateBody>(EVALUATE_BODY);
const checkTighten = compileCheck<TightenBody>(TIGHTEN_BODY);

/** POST /admin/v1/policy/bundles/{ref}/replay. */
export function replayBundle({ operations, parsers }: AnalysisDeps): Handler {
  return async (call) => {
    const body = await readDocument(call, parsers, checkReplay);
    const { since, until, limit = DEFAULT_LIMIT, agent } = body;
    const command = {
      ref: pathParam(call, 'ref'),
      sinceMs: timeOf('since', since),
      ...(until === undefined ? {} : { untilMs: timeOf('until', until) }),
      limit,
      ...(agent === undefined ? {} : { agentId: agent }),
    };
    return replyJson(200, await operations.analysis.replay(command, adminContextOf(call)));
  };
}

/** GET /admin/v1/policy/explain/{decision_id}. */
export function explainDecision({ operations }: AnalysisDeps): Handler {
  return async (call) =>
    replyJson(200, await operations.analysis.explain(pathParam(call, 'decision_id')));
}

/** POST /admin/v1/policy/eval. */
export function evaluatePolicy({ operations, parsers }: AnalysisDeps): Handler {
  return async (call) => {
    const { bundle, input } = await readDocument(call, parsers, checkEvaluate);
    const command = bundle === undefined ? { input } : { ref: bundle, input };
    return replyJson(200, await operations.analysis.evaluate(command));
  };
}

/** GET /admin/v1/policy/diff?from=&to=. */
export function diffBundles({ operations }: AnalysisDeps): Handler {
  return async (call) => {
    const { from, to } = readQuery(call, ['from', 'to']);
    if (from === undefined || to === undefined) {
      throw new CountersignError('invalid_request', 'Name two bundles: from and to.');
    }
    return replyJson(200, await operations.analysis.diff(from, to));
  };
}

/** POST /admin/v1/policy/tighten. */
export function tightenGrants({ operations, parsers }: AnalysisDeps): Handler {
  return async (call) => {
    const { since, agent } = await readDocument(call, parsers, checkTighten);
    const command = {
      sinceMs: timeOf('since', since),
      ...(agent === undefined ? {} : { agentId: agent }),
    };
    return replyJson(200, await operations.analysis.tighten(command));
  };
}
