import type { AuditSink } from '../audit/sinks.js';
import type { Logger } from '../domain/logger.js';
import type { AuditStatus, SinkState } from '../domain/worker-ports.js';
import { JobFailureLog } from '../worker/job-failure-log.js';

export interface SinkWatch {
  /** Takes the failure of a sink in the current export. */
  readonly failed: (sink: string, error: unknown) => void;
  /** Ends an export: logs failures and recoveries, and reports each sink to the services. */
  readonly report: () => Promise<void>;
}

/**
 * Creates the watch of the audit sinks of a worker.
 * A failing sink is logged once a minute. The services show the report in metrics, in audit answers and in `doctor`.
 */
export function watchSinks(
  sinks: readonly AuditSink[],
  status: Pick<AuditStatus, 'reportSinks'>,
  logger: Logger,
  monotonicMs?: () => number,
): SinkWatch {
  const ports = { logger, ...(monotonicMs === undefined ? {} : { monotonicMs }) };
  const log = new JobFailureLog(ports, {
    member: 'sink',
    failed: 'audit sink failed; catching up later',
    recovered: 'audit sink recovered',
  });
  const failures = new Map<string, string>();
  const stateOf = (sink: string): SinkState => {
    const failure = failures.get(sink);
    return failure === undefined ? { sink } : { sink, failure };
  };
  return {
    failed(sink, error) {
      failures.set(sink, error instanceof Error ? error.message : String(error));
      log.failed(sink, error);
    },
    async report() {
      const names = sinks.map(({ name }) => name);
      for (const name of names) if (!failures.has(name)) log.succeeded(name);
      const states = names.map(stateOf);
      failures.clear();
      if (states.length > 0) await status.reportSinks(states);
    },
  };
}

/** Returns the problem of the failing sinks, for operators; undefined when there is none. */
export function sinkProblem(states: readonly SinkState[]): string | undefined {
  const failing = states.filter(({ failure }) => failure !== undefined);
  if (failing.length === 0) return undefined;
  const each = failing.map(({ sink, failure }) => `${sink} (${failure ?? ''})`).join('; ');
  return `audit sink failing: ${each}. Its events wait in the audit store, which keeps them until they are written.`;
}
