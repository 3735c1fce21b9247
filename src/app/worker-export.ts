import { exportStreams, type ExportOptions } from '../audit/exporter.js';
import type { AuditSink } from '../audit/sinks.js';
import { StoreLost } from '../audit/store-files.js';
import type { AuditStore } from '../audit/store.js';
import type { Logger } from '../domain/logger.js';
import type { AuditStatus, AuditStreams } from '../domain/worker-ports.js';

/**
 * Exports the streams and raises an alarm while the store's files are missing.
 * Logs the alarm once, but raises it for the services on every run: their metrics and `doctor` show it. Rethrows the
 * error, so that the job fails.
 */
export function createExport(
  streams: AuditStreams,
  store: AuditStore,
  sinks: readonly AuditSink[],
  status: Pick<AuditStatus, 'raise' | 'clear'>,
  log: Logger,
  options: ExportOptions,
  report: () => Promise<void>,
): (stopping: AbortSignal) => Promise<number> {
  // A former process of this worker may have left an alarm.
  let alarm: 'unknown' | 'raised' | 'none' = 'unknown';
  return async (stopping) => {
    try {
      const exported = await exportStreams(streams, store, sinks, { ...options, stopping });
      await report();
      if (alarm === 'raised') log.info({}, 'audit store files are back; export resumed');
      if (alarm !== 'none') await status.clear();
      alarm = 'none';
      return exported;
    } catch (error) {
      if (!(error instanceof StoreLost)) throw error;
      if (alarm !== 'raised') {
        log.error({ error: error.message }, 'audit store lost; streams are kept');
      }
      alarm = 'raised';
      await status.raise(error.message);
      throw error;
    }
  };
}
