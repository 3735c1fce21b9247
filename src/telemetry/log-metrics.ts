import type { Instruments } from './instruments.js';

/** Declares the metrics of the log. */
export function logMetrics(metric: Instruments) {
  const dropped = metric.counter(
    'countersign_log_lines_dropped_total',
    'Log lines dropped because the reader of the log was too slow.',
  );
  const unlogged = metric.counter(
    'countersign_refusals_unlogged_total',
    'Refused requests without a separate log line.',
  );
  let known = 0;
  return {
    /** Sets the number of log lines dropped since the process started; a lower number is ignored. */
    logLinesDropped: (total: number) => {
      if (total <= known) return;
      dropped.inc(total - known);
      known = total;
    },
    refusalsUnlogged: (count: number) => {
      unlogged.inc(count);
    },
  };
}
