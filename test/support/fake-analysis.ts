import type {
  BundleDifference,
  EvaluationReport,
  Explanation,
  ReplayReport,
  TightenReport,
} from '../../src/domain/policy-analysis.js';
import type { SimulationReport } from '../../src/domain/simulation.js';
import { PROBE_INPUT } from '../../src/policy/serving/probe.js';

const BUNDLE = { digest: `sha256:${'ab'.repeat(32)}`, revision: 'r2' };
const DENIED = { effect: 'deny', scopes: [], ttl_seconds: 0 } as const;
const GRANTED = { effect: 'allow', scopes: ['read_invoices'], ttl_seconds: 300 } as const;

export const REPLAY: ReplayReport = {
  candidate: BUNDLE,
  at_ms: 2,
  since_ms: 1,
  until_ms: 2,
  decisions: 12,
  replayed: 10,
  unchanged: 8,
  masked: 1,
  changes: { deny_to_allow: 2 },
  new_grants: 2,
  groups: [
    {
      kind: 'deny_to_allow',
      agent: 'demo-agent',
      rules: ['countersign.grants.refusal'],
      count: 2,
      example: {
        decision_id: 'dec_1',
        revision: 'r1',
        before: DENIED,
        after: GRANTED,
        input: PROBE_INPUT,
        minimised: false,
        why_not_minimised: 'baseline_not_stored',
      },
    },
  ],
  groups_omitted: 0,
  not_replayable: [{ reason: 'decided_before_policy', count: 2, example: 'dec_2' }],
  stopped: 'limit',
  oldest_ms: 1,
  took_ms: 3,
  decisions_per_second: 4000,
};

export const EVALUATED: EvaluationReport = {
  bundle: BUNDLE,
  input_digest: 'sha256:00',
  outcome: GRANTED,
  reasons: [{ rule: 'r', code: 'c', message: 'm' }],
  removed: [{ scope: 'export_all', rule: 'r', reason: 'no' }],
  obligations: ['alarm: a1'],
  clamped: { scopes: ['*'], ttl_seconds: { from: 9000, to: 300 } },
  evaluation_micros: 20,
};

export const EXPLAINED: Explanation = {
  decision_id: 'dec_1',
  time_ms: 1,
  agent_id: 'demo-agent',
  resource: 'stripe',
  revision: 'r1',
  recorded: { outcome: GRANTED, rules: ['r'], removed: [] },
  rules: [{ rule: 'r', title: 'A rule', description: 'It says.', location: 'a.rego:3' }],
  scopes: [
    { scope: 'read_invoices', verdict: 'granted' },
    { scope: 'export_all', verdict: 'cut', rule: 'r', reason: 'no' },
  ],
  evaluation: EVALUATED,
  reproduced: true,
  differences: [],
  trace: { text: 'query:1  Enter data.countersign.decision = _', truncated: false },
};

export const DIFFERENCE: BundleDifference = {
  from: { ...BUNDLE, revision: 'r1' },
  to: BUNDLE,
  rego: { text: '--- a/x.rego\n+++ b/x.rego\n', truncated: false },
  data: { changes: [{ pointer: '/countersign/config/x', from: 1, to: 2 }], truncated: false },
  modules_differ: true,
  permissions: {
    inputs: { recorded: 1, cases: 2, generated: 3 },
    unchanged: 5,
    changes: [
      {
        kind: 'wider',
        count: 1,
        example: {
          source: 'generated',
          name: 'role demo',
          input: PROBE_INPUT,
          before: DENIED,
          after: GRANTED,
        },
      },
    ],
  },
};

export const TIGHTENED: TightenReport = {
  since_ms: 1,
  until_ms: 2,
  tokens: 3,
  uses: [
    {
      agent: 'demo-agent',
      resource: 'stripe',
      scope: 'read_invoices',
      granted: 3,
      used: 1,
      last_used_ms: 2,
    },
  ],
  proposals: [
    {
      of: 'agent',
      id: 'demo-agent',
      before: [{ resource: 'stripe', scopes: ['*'] }],
      after: [{ resource: 'stripe', scopes: ['read_invoices'], max_ttl_seconds: 900 }],
    },
  ],
  data_patch: [{ op: 'replace', path: '/countersign/config/roles/demo/grants', value: [] }],
  cases: { about: 'x' },
  check: { requests: 1, still_granted: 1, narrowed: 0 },
  notes: ['Use is of a token.'],
};

const TERM = { name: 'denials_60m', value: 14, expected: 0.3, score: 9.5 };
const CROSSING = {
  agent: 'demo-agent',
  at_ms: 2,
  decision_id: 'dec_1',
  anomaly: 0.97,
  signals: [{ ...TERM, sentence: 'denials: 14 in 60 min, expected 0.3' }],
};

export const SIMULATED: SimulationReport = {
  since_ms: 1,
  until_ms: 3,
  warm_up_ms: 1000,
  step_up: 0.8,
  quarantine: 0.95,
  agents: 3,
  events: 100,
  stopped: 1,
  stepped_up: 1,
  stops: [{ ...CROSSING, later_requests: 5, denied_grants: 4, tokens_cut: 2 }],
  step_ups: [{ ...CROSSING, anomaly: 0.85, requests: 3, grants: 1 }],
  events_per_second: 1000,
};
