import type { AuditEvent } from '../../domain/audit.js';
import { CountersignError } from '../../domain/errors.js';
import { newId } from '../../domain/ids.js';
import type { Exhaustion, NodeReport, PolicyDocument } from '../../domain/policy-lifecycle.js';
import type { ActivateDeps } from './activate.js';
import { changeDocument } from './change.js';
import { SYSTEM } from './guard.js';
import { passReplay } from './replay-gate.js';
import { resolveBundle } from './resolve.js';
import { rollback } from './rollback.js';

/** One agent chooses its requests, so a few agents prove nothing about a bundle. */
const MIN_AGENTS = 5;
const MIN_SHARE = 0.01;

/** Evaluations of the active bundle on all nodes in the last minute. */
export type Exhausted = Omit<Exhaustion, 'digest'>;

/**
 * Returns the counts when at least 1 % of all evaluations in the last minute used up their fuel, for at least five
 * agents. Undefined otherwise, and for a bundle that the nodes do not yet decide with.
 */
export function exhaustedBy(
  { active }: PolicyDocument,
  nodes: readonly NodeReport[],
): Exhausted | undefined {
  const counts = nodes.flatMap(({ exhaustion }) =>
    exhaustion?.digest === active.digest ? [exhaustion] : [],
  );
  const agents = [...new Set(counts.flatMap((one) => one.agents))].sort();
  const evaluations = counts.reduce((sum, one) => sum + one.evaluations, 0);
  const ranOut = counts.reduce((sum, one) => sum + one.ran_out, 0);
  if (agents.length < MIN_AGENTS || ranOut < MIN_SHARE * evaluations) return undefined;
  return { evaluations, ran_out: ranOut, agents };
}

/**
 * Replaces an exhausted active bundle by the one that was active before, if that passes the replay gate now.
 * Otherwise, and when the active bundle came by such a rollback, it stays. Records what was done in either case.
 */
export async function endExhaustion(
  deps: ActivateDeps,
  document: PolicyDocument,
  exhausted: Exhausted,
): Promise<void> {
  const context = { requestId: newId('req'), principal: SYSTEM };
  try {
    const { digest } = earlierOf(document);
    const record = await resolveBundle(deps.store, digest);
    await passReplay(deps, record, { allowNewGrants: 0 }, context);
    const { agents, ran_out: ranOut, evaluations } = exhausted;
    const reason =
      `${String(ranOut)} of ${String(evaluations)} evaluations in a minute, ` +
      `of ${String(agents.length)} agents or more, used up their fuel`;
    await rollback(deps, { to: digest, from: document.active.digest, reason }, context);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const event = keptEvent(document, exhausted, error, context.requestId);
    await changeDocument(deps.store, () => ({ next: {}, events: [event] }));
  }
}

function earlierOf({ active, history }: PolicyDocument): { readonly digest: string } {
  const [earlier] = history;
  if (earlier === undefined)
    throw new CountersignError('conflict', 'No other bundle was active before.');
  // Two bundles that run out would replace each other for ever.
  if (active.by.kind === SYSTEM.kind && active.by.id === SYSTEM.id)
    throw new CountersignError('conflict', 'The active bundle came by such a rollback.');
  return earlier;
}

function keptEvent(
  { active }: PolicyDocument,
  exhausted: Exhausted,
  { code, detail, fields }: CountersignError,
  requestId: string,
): AuditEvent {
  return {
    type: 'policy.exhausted',
    request_id: requestId,
    principal: SYSTEM,
    policy_revision: active.revision,
    codes: [code],
    detail: {
      ...{ digest: active.digest, ...exhausted, why: detail },
      ...(fields.problems === undefined
        ? {}
        : { problems: fields.problems.map(({ message }) => message) }),
    },
  };
}
