import { Counter, type Registry } from 'prom-client';

export interface LogMetrics {
  /** Sets the number of log lines dropped since the process started; a lower number is ignored. */
  readonly logLinesDropped: (total: number) => void;
  /** Counts refused requests without a separate log line. */
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
    'Refused requests without a separate log line.',
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
