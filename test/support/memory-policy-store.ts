import { CountersignError } from '../../src/domain/errors.js';
import type {
  BundleRecord,
  NodeReport,
  PolicyDocument,
  PolicyStore,
} from '../../src/domain/policy-lifecycle.js';
import type { AuditEvent } from '../../src/domain/audit.js';

export interface MemoryPolicyStore extends PolicyStore {
  /** Every event that came with a write, in order. */
  readonly events: AuditEvent[];
}

/** A policy store in one process, for tests of what is built over the port. */
export function memoryPolicyStore(
  nowMs: () => number = () => 1_760_000_000_000,
): MemoryPolicyStore {
  let document: PolicyDocument | undefined;
  const records = new Map<string, BundleRecord>();
  const archives = new Map<string, Uint8Array>();
  const nodes = new Map<string, NodeReport>();
  const events: AuditEvent[] = [];
  return {
    events,
    document: () => Promise.resolve(document),
    replace: (expected, next, more) => {
      if ((document?.version ?? 0) !== expected) return Promise.resolve(false);
      document = next;
      events.push(...more);
      return Promise.resolve(true);
    },
    put: (record, archive, more) => {
      if (!records.has(record.digest)) {
        records.set(record.digest, record);
        archives.set(record.digest, archive);
        events.push(...more);
      }
      return Promise.resolve();
    },
    archive: (digest) => Promise.resolve(archives.get(digest)),
    record: (digest) => Promise.resolve(records.get(digest)),
    records: () =>
      Promise.resolve([...records.values()].sort((a, b) => b.pushed_at_ms - a.pushed_at_ms)),
    report: (digest, reports, more) => {
      const record = records.get(digest);
      if (record === undefined) return Promise.reject(new CountersignError('not_found', 'none'));
      records.set(digest, { ...record, ...reports });
      events.push(...more);
      return Promise.resolve();
    },
    beat: (report) => {
      nodes.set(report.node, { ...report, seen_ms: nowMs() });
      return Promise.resolve({ nowMs: nowMs(), nodes: [...nodes.values()] });
    },
    nodes: () => Promise.resolve({ nowMs: nowMs(), nodes: [...nodes.values()] }),
    leave: (node) => {
      nodes.delete(node);
      return Promise.resolve();
    },
  };
}
