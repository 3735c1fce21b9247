import type { AuditStatus } from '../domain/worker-ports.js';
import type { AuditReads } from './reads.js';
import { isStoreLost, StoreLost } from './store-files.js';

const READ = 'Read docs/operate/runbooks/audit-store-lost.md.';

/**
 * Creates a check of the audit store, from this process and from the worker's report.
 * The check reads by `reads`, or by the reader of the service.
 * It detects a removed or replaced store also without new events and without a worker. Returns undefined when there is
 * no problem. Throws 503 when Redis is unreachable, and the errors of the reader.
 */
export function createStoreProblem(
  status: Pick<AuditStatus, 'read'>,
  reader: Pick<AuditReads, 'storeId' | 'lost'>,
): (reads?: Pick<AuditReads, 'storeId' | 'lost'>) => Promise<string | undefined> {
  return async (reads = reader) => {
    const { storeId: owner, alarm } = await status.read();
    if (alarm !== undefined) return alarm;
    try {
      return await problemOf(owner, reads);
    } catch (error) {
      if (isStoreLost(error)) return error.message;
      throw error;
    }
  };
}

/**
 * Returns the problem;
 * `owner` is the store that receives the streams, undefined before the first export.
 */
async function problemOf(
  owner: string | undefined,
  reader: Pick<AuditReads, 'storeId' | 'lost'>,
): Promise<string | undefined> {
  // Before `lost`: this call opens a replacement of the open file.
  const here = await reader.storeId();
  const lost = await reader.lost();
  if (lost !== undefined) return new StoreLost(lost).message;
  if (owner === undefined || here === owner) return undefined;
  return here === undefined
    ? `audit store missing: events were exported to a store, and there is none at audit.store_path. ${READ}`
    : `wrong audit store: the one at audit.store_path is not the one events are exported to. ${READ}`;
}
