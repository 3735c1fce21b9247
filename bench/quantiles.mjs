// Order statistics of what was timed.
import { round } from './redis.mjs';

/** `{count, mean, p50, p99, max}` of some times, in their own unit. */
export function quantiles(times, digits = 2) {
  if (times.length === 0) throw new Error('nothing was timed');
  const sorted = Float64Array.from(times).sort();
  const at = (share) =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))], digits);
  const sum = sorted.reduce((total, value) => total + value, 0);
  return {
    count: sorted.length,
    mean: round(sum / sorted.length, digits),
    p50: at(0.5),
    p99: at(0.99),
    max: round(sorted.at(-1), digits),
  };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
