import type { AuditStatus } from '../domain/worker-ports.js';
import type { AuditReader } from './reader.js';
import { StoreLost } from './store-files.js';

const READ = 'Read docs/runbooks/audit-store-lost.md.';

/**
 * Says what is wrong with the audit store as this process sees it, or as a worker said; undefined when nothing is.
 * It sees a store that was removed or replaced also when no event waits and no worker runs. Throws 503 when Redis
 * cannot be reached, and what the reader throws.
 */
export function createStoreProblem(
  status: Pick<AuditStatus, 'read'>,
  reader: Pick<AuditReader, 'storeId' | 'lost'>,
): () => Promise<string | undefined> {
  return async () => {
    const { storeId: owner, alarm } = await status.read();
    if (alarm !== undefined) return alarm;
    try {
      return problemOf(owner, reader);
    } catch (error) {
      if (error instanceof StoreLost) return error.message;
      throw error;
    }
  };
}

/** `owner` is the store that empties the streams; there is none before the first export. */
function problemOf(
  owner: string | undefined,
  reader: Pick<AuditReader, 'storeId' | 'lost'>,
): string | undefined {
  // Before `lost`: it opens a file that has replaced the one that was open.
  const here = reader.storeId();
  const lost = reader.lost();
  if (lost !== undefined) return new StoreLost(lost).message;
  if (owner === undefined || here === owner) return undefined;
  return here === undefined
    ? `audit store missing: events were exported to a store, and there is none at audit.store_path. ${READ}`
    : `wrong audit store: the one at audit.store_path is not the one events are exported to. ${READ}`;
}
