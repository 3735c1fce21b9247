import { CountersignError } from '../../domain/errors.js';
import type { PolicyDocument } from '../../domain/policy-lifecycle.js';
import type { AdminContext } from '../admin/context.js';
import { assignmentOf, switchTo } from './activate.js';
import { changeDocument, requireDocument } from './change.js';
import { makeReady, type MakeReadyDeps } from './make-ready.js';
import type { GateResult } from './replay-gate.js';
import { resolveBundle } from './resolve.js';

export interface RollbackOrder {
  /** Digest, prefix of it, or revision of a former active bundle; the last one by default. */
  readonly to?: string;
  /** Digest that must still be active. */
  readonly from?: string;
  readonly reason: string;
  /** The replay that the bundle passed, for the event. */
  readonly replay?: GateResult;
}

/**
 * Activates a formerly active bundle again, the last one unless `to` names another.
 * With `from`, only while that digest is active. Nodes keep the last ones ready, so that this takes no longer than the
 * notification. Sequences are not checked: this is the explicit, recorded way back. Throws `conflict` without a target.
 */
export async function rollback(
  deps: MakeReadyDeps,
  { to, from, reason, replay }: RollbackOrder,
  context: AdminContext,
): Promise<PolicyDocument> {
  const { store } = deps;
  const { history, active } = await requireDocument(store);
  const meant = to === undefined ? history[0]?.digest : (await resolveBundle(store, to)).digest;
  const earlier = history.find(({ digest }) => digest === meant);
  if (earlier === undefined)
    throw new CountersignError('conflict', whyNot(to, meant === active.digest));
  const record = await resolveBundle(store, earlier.digest);
  const assignment = await assignmentOf(deps, record, context, reason);
  const nodes = await makeReady(deps, record, assignment);
  return changeDocument(store, (document) => {
    const { digest } = document.active;
    if (digest === record.digest || (from !== undefined && digest !== from)) return undefined;
    return switchTo(document, assignment, {
      type: 'policy.rolled_back',
      highest: document.highest_sequence,
      detail: { nodes: nodes.length, ...(replay === undefined ? {} : { replay }) },
      context,
    });
  });
}

function whyNot(to: string | undefined, isActive: boolean): string {
  if (to === undefined) return 'No other bundle was active before.';
  if (isActive) return 'This bundle is the active one.';
  return 'This bundle was not active before: activate it instead.';
}
