import type { AuditEvent } from '../../domain/audit.js';
import { CountersignError } from '../../domain/errors.js';
import type { BundleRecord, PolicyDocument, PolicyStore } from '../../domain/policy-lifecycle.js';
import type { AdminContext } from '../admin/context.js';
import { assignmentOf, fuelOf } from './activate.js';
import { requireAdmitted, testedOf, type AdmissionWish, type AdmitDeps } from './admit.js';
import { changeDocument, requireDocument } from './change.js';
import { requireFresh } from './fresh.js';
import { makeReady, type MakeReadyDeps } from './make-ready.js';
import type { DrawSalt, ReplayGate } from './ports.js';
import { passReplay, type ReplayAllowance } from './replay-gate.js';

/** The role of a bundle in a trial on live requests. */
export type TrialOrder =
  | ({ readonly role: 'shadow'; readonly reason?: string } & AdmissionWish)
  | ({
      readonly role: 'canary';
      readonly percent: number;
      readonly reason?: string;
    } & ReplayAllowance &
      AdmissionWish);

export interface TrialDeps extends AdmitDeps, MakeReadyDeps {
  readonly replayGate: ReplayGate;
  readonly drawSalt: DrawSalt;
}

/**
 * Starts a trial of an admitted bundle: a shadow sees every request and decides none, a canary decides
 * for its share of agents, after the replay that an activation passes. It is ready on every live node first. Replaces a
 * running trial in this role. Throws `bundle_refused`, and `conflict` for the active bundle.
 */
export async function startTrial(
  deps: TrialDeps,
  record: BundleRecord,
  order: TrialOrder,
  context: AdminContext,
): Promise<PolicyDocument> {
  if (order.role === 'canary') requireFreshOrKnown(record, await requireDocument(deps.store));
  const { allowUntested = false } = order;
  const wish = { allowUntested, decides: order.role === 'canary' };
  const admitted = await requireAdmitted(deps, record, wish, context);
  // A canary decides: for its agents it is an activation.
  const replay =
    order.role === 'canary' ? await passReplay(deps, admitted, order, context) : undefined;
  const assignment = await assignmentOf(deps, record, context, order.reason);
  const nodes = await makeReady(deps, record, assignment);
  const drawn = deps.drawSalt();
  return changeDocument(deps.store, ({ active, candidate, canary }) => {
    if (active.digest === record.digest) {
      throw new CountersignError('conflict', 'This bundle is the active one.');
    }
    const type = order.role === 'canary' ? 'policy.canary_started' : 'policy.shadow_started';
    const share = order.role === 'canary' ? { percent: order.percent } : {};
    const { digest } = record;
    // Another share of the running canary keeps its agents.
    const salt = canary?.digest === digest ? (canary.salt ?? drawn) : drawn;
    const detail = {
      ...{ ...share, nodes: nodes.length, ...fuelOf(admitted), ...testedOf(admitted.report) },
      ...(replay === undefined ? {} : { replay }),
    };
    return {
      next: {
        [order.role]: { ...assignment, ...share, ...(order.role === 'canary' ? { salt } : {}) },
        ...(candidate?.digest === digest ? { candidate: undefined } : {}),
      },
      events: [trialEvent(type, record, detail, context)],
    };
  });
}

/** A canary decides: it must be newer, or a formerly active bundle. */
function requireFreshOrKnown(record: BundleRecord, document: PolicyDocument): void {
  if (document.history.some(({ digest }) => digest === record.digest)) return;
  requireFresh(record, document);
}

/** Ends a trial; the active bundle decides for all again. Throws `not_found` when none runs. */
export async function endTrial(
  store: PolicyStore,
  role: 'shadow' | 'canary',
  reason: string | undefined,
  context: AdminContext,
): Promise<PolicyDocument> {
  return changeDocument(store, (document) => {
    const running = document[role];
    if (running === undefined) throw new CountersignError('not_found', `No ${role} is running.`);
    const type = role === 'canary' ? 'policy.canary_ended' : 'policy.shadow_ended';
    const detail = { why: 'asked', ...(reason === undefined ? {} : { reason }) };
    return { next: { [role]: undefined }, events: [trialEvent(type, running, detail, context)] };
  });
}

/** Returns the event of a trial that began or ended. */
export function trialEvent(
  type: AuditEvent['type'],
  { digest, revision }: Pick<BundleRecord, 'digest' | 'revision'>,
  detail: Readonly<Record<string, unknown>>,
  { requestId, principal }: AdminContext,
): AuditEvent {
  return {
    type,
    request_id: requestId,
    principal,
    policy_revision: revision,
    detail: { digest, ...detail },
  };
}
