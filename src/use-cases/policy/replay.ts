import type { AuditEvent } from '../../domain/audit.js';
import type { Clock } from '../../domain/clock.js';
import { CountersignError } from '../../domain/errors.js';
import { summaryOf, type ReplayReport } from '../../domain/policy-analysis.js';
import type { BundleRecord, PolicyStore } from '../../domain/policy-lifecycle.js';
import type { AdminContext } from '../admin/context.js';
import type { ReplayCommand, SampleCommand } from './analysis.js';
import { resolveBundle } from './resolve.js';

/** A bundle's bytes and the revision in its decisions. */
export interface StoredArchive {
  readonly revision: string;
  readonly archive: Uint8Array;
}

/** The input of a replay, which runs in a separate thread. */
export interface ReplayRequest {
  readonly candidate: Uint8Array;
  /** Bundles that may have made the decisions. */
  readonly baselines: readonly StoredArchive[];
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly limit: number;
  readonly agentId?: string;
  /** Absent: the newest decisions. */
  readonly sample?: SampleCommand;
}

export interface ReplayDeps {
  readonly store: PolicyStore;
  readonly clock: Clock;
  /** Throws CountersignError `conflict` when the candidate is refused or a replay is running. */
  readonly run: (request: ReplayRequest) => Promise<ReplayReport>;
}

/** Maximum number of baselines: the recently active bundles made most of the replayed decisions. */
const MAX_BASELINES = 4;

/** Replays recorded decisions with a stored bundle, and stores the summary with it and as an event. */
export async function replayBundle(
  deps: ReplayDeps,
  command: ReplayCommand,
  context: AdminContext,
): Promise<ReplayReport> {
  const { store, clock } = deps;
  const record = await resolveBundle(store, command.ref);
  const candidate = await archiveOf(store, record.digest);
  const { sinceMs, untilMs = clock.nowMs(), limit, agentId, sample } = command;
  const active = (await store.document())?.active.digest;
  const report = await deps.run({
    candidate,
    baselines: await baselinesOf(store),
    sinceMs,
    untilMs,
    limit,
    ...(agentId === undefined ? {} : { agentId }),
    ...(sample === undefined ? {} : { sample }),
  });
  const summary = summaryOf(report, active);
  await store.report(record.digest, { replay: summary }, [replayedEvent(record, report, context)]);
  return report;
}

/** Returns the bytes of a bundle. Throws `not_found`: a record without its bytes cannot be evaluated. */
export async function archiveOf(
  store: Pick<PolicyStore, 'archive'>,
  digest: string,
): Promise<Uint8Array> {
  const archive = await store.archive(digest);
  if (archive !== undefined) return archive;
  throw new CountersignError('not_found', 'The store no longer has the bytes of this bundle.');
}

/**
 * Returns the recently active bundles, newest first, then other stored ones.
 * Excludes revisions that two bundles share.
 */
export async function baselinesOf(store: PolicyStore): Promise<readonly StoredArchive[]> {
  const [document, records] = await Promise.all([store.document(), store.records()]);
  const lately = document === undefined ? [] : [document.active, ...document.history];
  const digests = [...new Set([...lately, ...records].map(({ digest }) => digest))];
  const found: StoredArchive[] = [];
  for (const digest of digests) {
    const record = records.find((one) => one.digest === digest);
    if (record === undefined || isShared(records, record)) continue;
    const archive = await store.archive(digest);
    if (archive !== undefined) found.push({ revision: record.revision, archive });
    if (found.length >= MAX_BASELINES) break;
  }
  return found;
}

function isShared(records: readonly BundleRecord[], { revision }: BundleRecord): boolean {
  return records.filter((record) => record.revision === revision).length > 1;
}

function replayedEvent(
  { digest, revision }: BundleRecord,
  report: ReplayReport,
  { principal, requestId }: AdminContext,
): AuditEvent {
  const { replayed, unchanged, changes, new_grants: newGrants, since_ms: sinceMs } = report;
  const { sample, fuel } = report;
  return {
    type: 'policy.replayed',
    request_id: requestId,
    principal,
    policy_revision: revision,
    detail: {
      ...{ digest, since_ms: sinceMs, replayed, unchanged, changes, new_grants: newGrants },
      ...(sample === undefined ? {} : { sample }),
      ...(fuel === undefined ? {} : { fuel }),
    },
  };
}
