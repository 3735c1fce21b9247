import { adminRoute } from '../../admin-route.js';
import { jsonAnswer, type Route } from '../../route.js';
import {
  diffBundles,
  evaluatePolicy,
  explainDecision,
  replayBundle,
  tightenGrants,
  type AnalysisDeps,
} from './analysis-handler.js';
import {
  DIFFERENCE,
  EVALUATE_BODY,
  EVALUATION,
  EXPLANATION,
  REPLAY_BODY,
  REPLAY_REPORT,
  TIGHTEN_BODY,
  TIGHTENED,
} from './analysis-schema.js';

const BUNDLE = (description: string): { description: string; schema: { type: 'string' } } => ({
  description: `${description}: digest, at least 12 hex digits of it, or revision.`,
  schema: { type: 'string' },
});

/** What recorded decisions and stored bundles tell: nothing here decides. */
export function analysisRoutes(deps: AnalysisDeps): readonly Route[] {
  return [
    adminRoute('replayBundle', {
      summary: 'Put recorded decisions through a bundle and say what would change.',
      method: 'POST',
      path: '/admin/v1/policy/bundles/{ref}/replay',
      json: REPLAY_BODY,
      responses: { 200: jsonAnswer('What would change.', REPLAY_REPORT) },
      errors: ['not_found', 'conflict'],
      handler: replayBundle(deps),
    }),
    adminRoute('explainDecision', {
      summary: 'Why a recorded decision came out as it did.',
      method: 'GET',
      path: '/admin/v1/policy/explain/{decision_id}',
      responses: { 200: jsonAnswer('The explanation.', EXPLANATION) },
      errors: ['not_found', 'conflict'],
      handler: explainDecision(deps),
    }),
    adminRoute('evaluatePolicy', {
      summary: 'One input through a bundle, without recording or issuing anything.',
      method: 'POST',
      path: '/admin/v1/policy/eval',
      json: EVALUATE_BODY,
      responses: { 200: jsonAnswer('The decision.', EVALUATION) },
      errors: ['not_found', 'conflict'],
      handler: evaluatePolicy(deps),
    }),
    adminRoute('diffBundles', {
      summary: 'How two bundles differ: in Rego, in data, in what they permit.',
      method: 'GET',
      path: '/admin/v1/policy/diff',
      query: { from: BUNDLE('The one'), to: BUNDLE('The other') },
      responses: { 200: jsonAnswer('The difference.', DIFFERENCE) },
      errors: ['not_found', 'conflict'],
      handler: diffBundles(deps),
    }),
    adminRoute('tightenGrants', {
      summary: 'Granted against used, and the grants that would be enough.',
      method: 'POST',
      path: '/admin/v1/policy/tighten',
      json: TIGHTEN_BODY,
      responses: { 200: jsonAnswer('The proposal.', TIGHTENED) },
      errors: ['not_found', 'conflict'],
      handler: tightenGrants(deps),
    }),
  ];
}
