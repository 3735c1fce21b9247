import type { RefusalBucket } from '../domain/budget.js';
import type { AuditPage, AuditQuery } from '../domain/audit-query.js';
import { placeOfDecision } from '../domain/ids.js';
import type { OpenRefusalReader, OpenRefusals } from '../domain/refusal.js';

/** Buckets of refusals that are events of a denial; the others are budgets of requests. */
const DENIALS: ReadonlySet<RefusalBucket> = new Set(['quarantine', 'policy_budget']);

/**
 * Returns refusals from minutes that are still open, so that a refusal is visible once it is answered.
 * They belong to the queried agent, or can contain a decision without an event. Empty on later pages,
 * and when the counts are unreadable.
 */
export async function countingOf(
  refusals: OpenRefusalReader | undefined,
  query: AuditQuery,
  found: number,
): Promise<Pick<AuditPage, 'counting'>> {
  if (refusals === undefined || query.cursor !== undefined) return {};
  const open = await readOpen(refusals, query, found).catch(() => []);
  const shown = open.filter((one) => matches(one, query));
  return shown.length === 0 ? {} : { counting: shown };
}

async function readOpen(
  refusals: OpenRefusalReader,
  { agentId, decisionId }: AuditQuery,
  found: number,
): Promise<readonly OpenRefusals[]> {
  if (decisionId === undefined) return agentId === undefined ? [] : refusals.ofAgent(agentId);
  const place = found > 0 ? undefined : placeOfDecision(decisionId);
  return place === undefined ? [] : refusals.ofDecision(place.shard, place.atMs);
}

function matches(open: OpenRefusals, query: AuditQuery): boolean {
  const type = DENIALS.has(open.bucket) ? 'access.denied' : 'access.rate_limited';
  const others = [query.sessionId, query.taskId, query.userId, query.grantId, query.jti];
  return (
    others.every((value) => value === undefined) &&
    (query.agentId === undefined || query.agentId === open.agent_id) &&
    (query.type === undefined || query.type === type) &&
    (query.sinceMs === undefined || query.sinceMs <= open.last_at_ms) &&
    (query.untilMs === undefined || query.untilMs >= open.first_at_ms)
  );
}
