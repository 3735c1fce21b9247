import type { PolicyInput } from '../../../../../src/domain/policy.js';
import type { RecordedDecision } from '../../../../../src/domain/policy-lifecycle.js';
import { createJudge, type Judge } from '../../../../../src/policy/analysis/replay/judge.js';
import { replay, type ReplayOptions } from '../../../../../src/policy/analysis/replay/replay.js';
import { createStandIns } from '../../../../../src/policy/analysis/replay/stand-ins.js';
import type { ReplayReport } from '../../../../../src/domain/policy-analysis.js';
import { fixtureBundle, type BundleSource } from '../../../../support/bundles/build.js';

export const NOW_MS = 1_760_000_000_000;

/** A rule that grants what is asked for 60 s, by itself; `when` is Rego. */
export function grants(
  when: string,
  grant = '{"scopes": input.request.scopes, "ttl_seconds": 60}',
): string {
  return `
default decision := {
  "effect": "deny",
  "reasons": [{"rule": "test.default", "code": "denied", "message": "no"}],
  "obligations": [],
}
decision := {
  "effect": "allow",
  "grant": ${grant},
  "reasons": [{"rule": "test.allow", "code": "allowed", "message": "yes"}],
  "obligations": [],
} if { ${when} }
`;
}

export async function judgeOf(rego: string, more: Partial<BundleSource> = {}): Promise<Judge> {
  return createJudge(await fixtureBundle({ rego, ...more }));
}

/** What the record would have of an input that this judge decided. */
export async function record(
  by: Judge,
  id: string,
  input: PolicyInput,
  more: Partial<RecordedDecision> = {},
): Promise<RecordedDecision> {
  const { decision, outcome, inputDigest = '' } = await by.judge(input);
  if (outcome === 'error' || decision === undefined)
    throw new Error('the baseline ended in a fault');
  return {
    decision_id: id,
    time_ms: NOW_MS,
    agent_id: input.agent.id,
    resource: input.request.resource,
    revision: by.revision,
    input_digest: inputDigest,
    outcome,
    rules: [...new Set(decision.reasons.map(({ rule }) => rule))],
    removed: decision.removed,
    input,
    ...more,
  };
}

/** Replays through a policy given as Rego. */
export async function replayed(
  decisions: Iterable<RecordedDecision>,
  rego: string,
  more: Partial<ReplayOptions> & {
    readonly keys?: readonly Uint8Array[];
    readonly data?: unknown;
  } = {},
): Promise<ReplayReport> {
  const { keys = [], data, ...options } = more;
  const bundle = await fixtureBundle({
    rego,
    revision: 'candidate',
    ...(data === undefined ? {} : { data }),
  });
  return replay({
    decisions,
    sinceMs: 0,
    untilMs: NOW_MS,
    limit: 1_000_000,
    candidate: await createJudge(bundle),
    standIns: createStandIns(bundle, keys),
    baseline: () => Promise.resolve(undefined),
    budgetMs: 60_000,
    nowMs: NOW_MS,
    ...options,
  });
}
