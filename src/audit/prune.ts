import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from './database.js';
import {
  pruneBatch,
  recordPruning,
  checkpoint,
  returnPages,
  usedBytes,
  type Pruned,
  type RetentionLimits,
  type RetentionReaders,
} from './retention.js';

export interface PruneOptions {
  readonly limits: RetentionLimits;
  readonly readers: RetentionReaders;
  readonly nowMs: () => number;
  /** Events of one transaction: about ten milliseconds. */
  readonly rows?: number;
  /** Maximum number of batches of one run; the rest waits for the next. */
  readonly batches?: number;
}

/** The result of one run. */
export interface PruneReport {
  readonly pruned: readonly Pruned[];
  /** Bytes in use above `maxBytes` that no class may free; 0 when the bound holds. */
  readonly excessBytes: number;
}

const ROWS = 200;
const BATCHES = 2_000;
const PAGES_PER_TURN = 256;

/**
 * Prunes events past their age, and by class while the file is over its size; never those that have
 * readers.
 */
export class AuditPruner {
  /** The last row at the previous run: newer entries may be read from their stream again. */
  private settledRow = 0;

  constructor(
    private readonly database: Database,
    private readonly storeId: string,
    private readonly options: PruneOptions,
  ) {}

  /** Ends between two batches once `stopping` aborts. */
  async run(stopping?: AbortSignal): Promise<PruneReport> {
    const { limits, readers, nowMs, rows = ROWS, batches = BATCHES } = this.options;
    const throughRow = this.settledRow;
    this.settledRow = lastRow(this.database);
    for (let i = 0; i < batches && stopping?.aborted !== true; i++) {
      const step = { limits, readers, throughRow, nowMs: nowMs(), rows };
      if (pruneBatch(this.database, step) === 0) break;
      returnPages(this.database, PAGES_PER_TURN);
      // Yield: the worker also exports, expires and delivers in this process.
      await nextTurn();
    }
    const pruned = recordPruning(this.database, this.storeId, nowMs());
    if (pruned.length > 0) checkpoint(this.database);
    return { pruned, excessBytes: Math.max(0, usedBytes(this.database) - limits.maxBytes) };
  }
}

function lastRow(database: Database): number {
  return Number(database.all('SELECT max(id) AS row FROM events')[0]?.['row'] ?? 0);
}
