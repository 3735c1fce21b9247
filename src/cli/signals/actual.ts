const CELL_MS = 600_000;
const CELLS_OF_A_WEEK = 1008;
const THURSDAY = 4;

/** Requests per 10 minutes, by hour of the day in UTC. */
export interface Hours {
  readonly weekday: readonly number[];
  readonly weekend: readonly number[];
}

/**
 * Returns the means of the last seven days of a series of 10-minute cells.
 * Absent cells had no request; the unfinished cell of `nowMs` is left out.
 */
export function actualHours(
  fromMs: number,
  index: readonly number[],
  requests: readonly number[],
  nowMs: number,
): Hours {
  const sums = new Float64Array(48);
  const counts = new Float64Array(48);
  const first = Math.floor(fromMs / CELL_MS);
  const end = Math.floor(nowMs / CELL_MS);
  const start = Math.max(first, end - CELLS_OF_A_WEEK);
  const of = new Map(index.map((at, i) => [first + at, requests[i] ?? 0]));
  for (let cell = start; cell < end; cell++) {
    const hour = hourOf(cell);
    sums[hour] = (sums[hour] ?? 0) + (of.get(cell) ?? 0);
    counts[hour] = (counts[hour] ?? 0) + 1;
  }
  const means = Array.from(sums, (sum, hour) => sum / Math.max(1, counts[hour] ?? 0));
  return { weekday: means.slice(0, 24), weekend: means.slice(24) };
}

/** Returns the slot of a time: 0 to 23 on Monday to Friday, 24 to 47 on Saturday and Sunday. */
function hourOf(cell: number): number {
  // The epoch began on a Thursday.
  const day = (Math.floor(cell / 144) + THURSDAY) % 7;
  return (Math.floor(cell / 6) % 24) + (day === 0 || day === 6 ? 24 : 0);
}
