import { Counter, type Registry } from 'prom-client';

export interface LogMetrics {
  /** Sets how many log lines this process dropped since it started; a lower number than before is ignored. */
  readonly logLinesDropped: (total: number) => void;
  /** Counts refused requests that have no log line of their own. */
  readonly refusalsUnlogged: (count: number) => void;
}

export function createLogMetrics(registry: Registry): LogMetrics {
  const dropped = counter(
    registry,
    'log_lines_dropped_total',
    'Log lines dropped because the reader of the log was too slow.',
  );
  const unlogged = counter(
    registry,
    'refusals_unlogged_total',
    'Refused requests without a log line of their own.',
  );
  let known = 0;
  return {
    logLinesDropped(total) {
      if (total <= known) return;
      dropped.inc(total - known);
      known = total;
    },
    refusalsUnlogged: (count) => {
      unlogged.inc(count);
    },
  };
}

function counter(registry: Registry, name: string, help: string): Counter {
  return new Counter({ name: `countersign_${name}`, help, registers: [registry] });
}
