import { CountersignError } from '../../../../domain/errors.js';
import { REPLAY_MIN_COVERAGE } from '../../../../domain/replay-sample.js';
import { compileCheck } from '../../../../schema/compile.js';
import type { AnalysisOperations } from '../../../../use-cases/policy/analysis.js';
import { readDocument } from '../../../admin-body.js';
import { READ, RESPOND } from '../../../admin-roles.js';
import { adminRoute, type AdminRoute } from '../../../admin-route.js';
import { pathParam } from '../../../path-param.js';
import type { RequestParsers } from '../../../ports.js';
import { timeOf } from '../../../query-time.js';
import { readQuery } from '../../../query.js';
import { replyJson } from '../../../reply.js';
import { adminContextOf } from '../../../request-context.js';
import { jsonAnswer } from '../../../route.js';
import {
  EVALUATE_BODY,
  REPLAY_BODY,
  TIGHTEN_BODY,
  type EvaluateBody,
  type ReplayBody,
  type TightenBody,
  DIFFERENCE,
  EVALUATION,
  EXPLANATION,
  REPLAY_REPORT,
  TIGHTENED,
} from './schema.js';

export interface AnalysisDeps {
  readonly operations: { readonly analysis: AnalysisOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

const DEFAULT_LIMIT = 100_000;
const checkReplay = compileCheck<ReplayBody>(REPLAY_BODY);
const checkEvaluate = compileCheck<EvaluateBody>(EVALUATE_BODY);
const checkTighten = compileCheck<TightenBody>(TIGHTEN_BODY);

const BUNDLE = (description: string): { description: string; schema: { type: 'string' } } => ({
  description: `${description}: digest, at least 12 hex digits of it, or revision.`,
  schema: { type: 'string' },
});

/** Returns the routes that analyse recorded decisions and stored bundles; none of them decides. */
export function analysisRoutes(deps: AnalysisDeps): readonly AdminRoute[] {
  return [
    replayBundle(deps),
    explainDecision(deps),
    evaluatePolicy(deps),
    diffBundles(deps),
    tightenGrants(deps),
  ];
}

function replayBundle({ operations, parsers }: AnalysisDeps): AdminRoute {
  return adminRoute('replayBundle', {
    summary: 'Replay recorded decisions through a bundle and report the changes.',
    method: 'POST',
    path: '/admin/v1/policy/bundles/{ref}/replay',
    roles: RESPOND,
    json: REPLAY_BODY,
    responses: { 200: jsonAnswer('The changes.', REPLAY_REPORT) },
    errors: ['not_found', 'conflict', 'slow_down'],
    handler: async (call) => {
      const body = await readDocument(call, parsers, checkReplay);
      const { since, until, limit = DEFAULT_LIMIT, agent, sample } = body;
      const command = {
        ref: pathParam(call, 'ref'),
        sinceMs: timeOf('since', since),
        ...(until === undefined ? {} : { untilMs: timeOf('until', until) }),
        limit,
        ...(agent === undefined ? {} : { agentId: agent }),
        ...(sample === true ? { sample: { minCoverage: REPLAY_MIN_COVERAGE } } : {}),
      };
      return replyJson(200, await operations.analysis.replay(command, adminContextOf(call)));
    },
  });
}

function explainDecision({ operations }: AnalysisDeps): AdminRoute {
  return adminRoute('explainDecision', {
    summary: 'Explain a recorded decision.',
    method: 'GET',
    path: '/admin/v1/policy/explain/{decision_id}',
    roles: READ,
    responses: { 200: jsonAnswer('The explanation.', EXPLANATION) },
    errors: ['not_found', 'conflict', 'slow_down'],
    handler: async (call) =>
      replyJson(
        200,
        await operations.analysis.explain(pathParam(call, 'decision_id'), adminContextOf(call)),
      ),
  });
}

function evaluatePolicy({ operations, parsers }: AnalysisDeps): AdminRoute {
  return adminRoute('evaluatePolicy', {
    summary: 'Evaluate one input with a bundle; nothing is recorded or issued.',
    method: 'POST',
    path: '/admin/v1/policy/eval',
    roles: RESPOND,
    json: EVALUATE_BODY,
    responses: { 200: jsonAnswer('The decision.', EVALUATION) },
    errors: ['not_found', 'conflict', 'slow_down'],
    handler: async (call) => {
      const { bundle, input } = await readDocument(call, parsers, checkEvaluate);
      const command = bundle === undefined ? { input } : { ref: bundle, input };
      return replyJson(200, await operations.analysis.evaluate(command, adminContextOf(call)));
    },
  });
}

function diffBundles({ operations }: AnalysisDeps): AdminRoute {
  return adminRoute('diffBundles', {
    summary: 'Compare two bundles: Rego, data and permissions.',
    method: 'GET',
    path: '/admin/v1/policy/diff',
    roles: READ,
    query: { from: BUNDLE('The one'), to: BUNDLE('The other') },
    responses: { 200: jsonAnswer('The difference.', DIFFERENCE) },
    errors: ['not_found', 'conflict', 'slow_down'],
    handler: async (call) => {
      const { from, to } = readQuery(call, ['from', 'to']);
      if (from === undefined || to === undefined) {
        throw new CountersignError('invalid_request', 'Name two bundles: from and to.');
      }
      return replyJson(200, await operations.analysis.diff(from, to, adminContextOf(call)));
    },
  });
}

function tightenGrants({ operations, parsers }: AnalysisDeps): AdminRoute {
  return adminRoute('tightenGrants', {
    summary: 'Compare granted with used permissions and propose sufficient grants.',
    method: 'POST',
    path: '/admin/v1/policy/tighten',
    roles: RESPOND,
    json: TIGHTEN_BODY,
    responses: { 200: jsonAnswer('The proposal.', TIGHTENED) },
    errors: ['not_found', 'conflict', 'slow_down'],
    handler: async (call) => {
      const { since, agent } = await readDocument(call, parsers, checkTighten);
      const command = {
        sinceMs: timeOf('since', since),
        ...(agent === undefined ? {} : { agentId: agent }),
      };
      return replyJson(200, await operations.analysis.tighten(command, adminContextOf(call)));
    },
  });
}
