import type { PolicyOperations, PolicyOverview } from '../../src/use-cases/policy/operations.js';
import type { BundleRecord } from '../../src/domain/policy-lifecycle.js';

const BY = { kind: 'admin', id: 'root' } as const;
const ACTIVE = { digest: `sha256:${'a'.repeat(64)}`, revision: 'rev-1', since_ms: 1, by: BY };

export const BUNDLE: BundleRecord = {
  ...{ digest: ACTIVE.digest, revision: 'rev-1', sequence: 3, opa_version: '1.22.2' },
  entrypoints: ['countersign/decision'],
  size_bytes: 1000,
  pushed_at_ms: 1,
  pushed_by: BY,
  source: 'push',
  report: {
    ...{ digest: ACTIVE.digest, revision: 'rev-1', ok: false, at_ms: 2, took_ms: 1.5 },
    steps: [{ name: 'module', ok: false, detail: 'no', problems: ['http.send'], took_ms: 1 }],
    tested: false,
    inputs: {
      ...{ cases: 1, recorded: 2, registry: 3, constants: 4, generated: 5, granted: 0 },
      untested: ['guards_fail_closed'],
    },
  },
  replay: {
    ...{ at_ms: 3, since_ms: 1, replayed: 10, unchanged: 9, not_replayable: 1 },
    changes: { deny_to_allow: 1 },
    sample: {
      ...{ verdict: 'nothing_to_replay', decisions: 11, replayable: 10, strata: 2 },
      ...{ strata_replayed: 2, strata_without_inputs: 0, complete: true, coverage: 1 },
      ...{ min_coverage: 0.9, new_grants: 1, least_covered: [] },
    },
    fuel: { meter: 1, budget: 10_000_000, highest: 40_000 },
  },
};

export const OVERVIEW: PolicyOverview = {
  ...{ version: 4, generation: 3, highest_sequence: 3, active: ACTIVE, history: [ACTIVE] },
  canary: { ...ACTIVE, percent: 5, reason: 'try it', salt: 'never shown' },
  shadow: ACTIVE,
  candidate: { ...ACTIVE, deadline_ms: 9 },
  entrypoint: 'countersign/decision',
  bundle: BUNDLE,
  nodes: [
    {
      ...{ node: 'node_1', seen_ms: 4, ready: [ACTIVE.digest], refused: {}, generation: 3 },
      trials: [
        {
          ...{ role: 'canary', digest: ACTIVE.digest, since_ms: 1, decisions: 7, errors: 0 },
          ...{ denials: 1, active_errors: 0, active_denials: 1, skipped: 0, changes: {} },
        },
      ],
    },
  ],
  source: { source: 'bundles/countersign', last_refusal: { at_ms: 1, detail: 'unreadable' } },
};

export type Answer = <T>(operation: string, answer: T, ...passed: unknown[]) => Promise<T>;

/** Policy operations that remember what they were asked. */
export function fakePolicy(answer: Answer): PolicyOperations {
  return {
    overview: () => answer('policy.overview', OVERVIEW),
    reload: (context) => answer('policy.reload', OVERVIEW, context),
    push: (archive, context) => answer('policy.push', BUNDLE, archive, context),
    list: () => answer('policy.list', [BUNDLE]),
    show: (ref) => answer('policy.show', BUNDLE, ref),
    admit: (ref, wish, context) => answer('policy.admit', BUNDLE, ref, wish, context),
    activate: (ref, how, context) => answer('policy.activate', OVERVIEW, ref, how, context),
    rollback: (how, context) => answer('policy.rollback', OVERVIEW, how, context),
    startTrial: (ref, order, context) => answer('policy.startTrial', OVERVIEW, ref, order, context),
    endTrial: (role, reason, context) => answer('policy.endTrial', OVERVIEW, role, reason, context),
  };
}
