import type { AuditEvent } from '../../domain/audit.js';
import { CountersignError } from '../../domain/errors.js';
import { newId } from '../../domain/ids.js';
import type {
  BundleRecord,
  Exhaustion,
  NodeReport,
  PolicyDocument,
} from '../../domain/policy-lifecycle.js';
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
 * It stays without enough recorded decisions, and when a rollback left the one before. Records what was done in either
 * case. Throws `temporarily_unavailable` and `slow_down` when the replay cannot run now.
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
    requireSound(record);
    const replay = await passReplay(deps, record, { allowNewGrants: 0 }, context);
    if (replay.verdict !== 'replayed')
      throw new CountersignError('conflict', 'Too few decisions are on record to replay.');
    const { agents, ran_out: ranOut, evaluations } = exhausted;
    const reason =
      `${String(ranOut)} of ${String(evaluations)} evaluations in a minute, ` +
      `of ${String(agents.length)} agents or more, used up their fuel`;
    await rollback(deps, { to: digest, from: document.active.digest, reason, replay }, context);
  } catch (error) {
    if (!(error instanceof CountersignError) || PASSING.has(error.code)) throw error;
    const event = keptEvent(document, exhausted, error, context.requestId);
    await changeDocument(deps.store, () => ({ next: {}, events: [event] }));
  }
}

/** Codes of a replay that cannot run now. */
const PASSING: ReadonlySet<string> = new Set(['temporarily_unavailable', 'slow_down']);

function earlierOf({ history }: PolicyDocument): { readonly digest: string } {
  const [earlier] = history;
  if (earlier === undefined)
    throw new CountersignError('conflict', 'No other bundle was active before.');
  // An operator may have left it for what it grants, and two bundles that run out would replace each other for ever.
  if (earlier.left_by_rollback === true)
    throw new CountersignError('conflict', 'The bundle before was left by a rollback.');
  return earlier;
}

/** Requires the bundle's last admission to have passed. */
function requireSound({ report }: BundleRecord): void {
  if (report?.ok === true) return;
  throw new CountersignError('conflict', 'The bundle before was not admitted.');
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
