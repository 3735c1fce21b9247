import { CountersignError } from '../../domain/errors.js';
import type { Explanation } from '../../domain/policy-analysis.js';
import type { PolicyStore, RecordedDecision } from '../../domain/policy-lifecycle.js';

export interface ExplainDeps {
  readonly store: Pick<PolicyStore, 'records' | 'archive'>;
  /** Returns the decision, after waiting for recent entries. */
  readonly decision: (decisionId: string) => Promise<RecordedDecision | undefined>;
  /** Explains a decision; `archive` is that of the deciding bundle, undefined when it is not stored. */
  readonly explain: (
    decision: RecordedDecision,
    archive: Uint8Array | undefined,
  ) => Promise<Explanation>;
}

/** Explains the outcome of a recorded decision. Throws `not_found` for an unknown id. */
export async function explainRecorded(
  { store, decision: find, explain }: ExplainDeps,
  decisionId: string,
): Promise<Explanation> {
  const decision = await find(decisionId);
  if (decision === undefined) {
    throw new CountersignError(
      'not_found',
      'No event has this decision id. Refused requests are counted: `countersign audit --decision` finds the counts it can be in.',
    );
  }
  const made = (await store.records()).filter(({ revision }) => revision === decision.revision);
  const [only] = made;
  if (only === undefined) return explain(decision, undefined);
  if (made.length === 1) return explain(decision, await store.archive(only.digest));
  const explained = await explain(decision, undefined);
  return explained.why_not_evaluated === 'bundle_not_stored'
    ? { ...explained, why_not_evaluated: 'several_bundles_of_this_revision' }
    : explained;
}
