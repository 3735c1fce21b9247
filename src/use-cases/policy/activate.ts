import type { AuditEvent } from '../../domain/audit.js';
import type {
  Assignment,
  BundleRecord,
  FuelUse,
  PolicyDocument,
} from '../../domain/policy-lifecycle.js';
import type { AdminContext } from '../admin/context.js';
import { requireAdmitted, testedOf, type AdmissionWish, type AdmitDeps } from './admit.js';
import { changeDocument, HISTORY, requireDocument, type Changed } from './change.js';
import { requireFresh } from './fresh.js';
import { makeReady, type MakeReadyDeps } from './make-ready.js';
import type { ReplayGate } from './ports.js';
import { passReplay, type ReplayAllowance } from './replay-gate.js';

export interface ActivateDeps extends AdmitDeps, MakeReadyDeps {
  readonly replayGate: ReplayGate;
}

export interface Activation extends ReplayAllowance, AdmissionWish {
  readonly reason?: string;
}

/** The activation of a source's bundle, whose signature stands in place of the replay. */
export interface FromSource extends AdmissionWish {
  readonly allowNewGrants: undefined;
}

/**
 * Activates a bundle: admitted, replayed, ready on every live node, then in one step for all.
 * Throws `bundle_refused` with the problems; the previous bundle then stays active.
 */
export async function activate(
  deps: ActivateDeps,
  record: BundleRecord,
  how: Activation | FromSource,
  context: AdminContext,
): Promise<PolicyDocument> {
  requireFresh(record, await requireDocument(deps.store));
  const { allowUntested = false } = how;
  const admitted = await requireAdmitted(deps, record, { allowUntested, decides: true }, context);
  const fromSource = how.allowNewGrants === undefined;
  const replay = fromSource ? undefined : await passReplay(deps, admitted, how, context);
  const assignment = await assignmentOf(deps, record, context, fromSource ? undefined : how.reason);
  const nodes = await makeReady(deps, record, assignment);
  return changeDocument(deps.store, (document) => {
    if (document.active.digest === record.digest) return undefined;
    // Checked again: another activation may have been committed first.
    requireFresh(record, document);
    return switchTo(document, assignment, {
      type: 'policy.activated',
      highest: Math.max(document.highest_sequence, record.sequence),
      detail: {
        ...{ sequence: record.sequence, source: record.source, nodes: nodes.length },
        ...fuelOf(admitted),
        ...testedOf(admitted.report),
        ...(replay === undefined ? {} : { replay }),
      },
      context,
    });
  });
}

/**
 * Returns the document with another active bundle.
 * Ends trials, which were compared with the previous one.
 */
export function switchTo(
  document: PolicyDocument,
  assignment: Assignment,
  how: {
    readonly type: 'policy.activated' | 'policy.rolled_back';
    readonly highest: number;
    readonly detail: Readonly<Record<string, unknown>>;
    readonly context: AdminContext;
  },
): Changed {
  const { active, history } = document;
  const { digest, revision, reason } = assignment;
  const event: AuditEvent = {
    type: how.type,
    request_id: how.context.requestId,
    principal: how.context.principal,
    policy_revision: revision,
    detail: {
      ...{ digest, replaced: active.revision, replaced_digest: active.digest },
      ...how.detail,
      ...(reason === undefined ? {} : { reason }),
    },
  };
  const left =
    how.type === 'policy.rolled_back' ? { ...active, left_by_rollback: true as const } : active;
  const earlier = [left, ...history.filter((one) => one.digest !== active.digest)];
  return {
    next: {
      active: assignment,
      history: earlier.filter((one) => one.digest !== digest).slice(0, HISTORY),
      canary: undefined,
      shadow: undefined,
      candidate: undefined,
      highest_sequence: how.highest,
    },
    events: [event],
  };
}

/** Returns the fuel of an admission, for an event. */
export function fuelOf({ report }: Pick<BundleRecord, 'report'>): { readonly fuel?: FuelUse } {
  return report?.fuel === undefined ? {} : { fuel: report.fuel };
}

/** Returns the assignment of a bundle to a role, by the caller. */
export async function assignmentOf(
  { store }: Pick<ActivateDeps, 'store'>,
  { digest, revision }: BundleRecord,
  { principal }: AdminContext,
  reason?: string,
): Promise<Assignment> {
  const { nowMs } = await store.nodes();
  return {
    ...{ digest, revision, since_ms: nowMs, by: principal },
    ...(reason === undefined ? {} : { reason }),
  };
}
