/** What was admitted at one moment. */
export interface Admission {
  readonly atMs: number;
  readonly cost: number;
}

/** The first window in which more was admitted than `burst + rate × T + slack`; undefined when there is none. */
export function brokenWindow(
  admissions: readonly Admission[],
  limit: { readonly per_minute: number; readonly burst: number },
  slack = 0,
): string | undefined {
  for (const [first, { atMs: from }] of admissions.entries()) {
    let sum = 0;
    for (const { atMs, cost } of admissions.slice(first)) {
      sum += cost;
      const allowed = limit.burst + (limit.per_minute / 60_000) * (atMs - from) + slack;
      if (sum > allowed + 1e-9) {
        return `${String(sum)} of ${String(allowed)} in ${String(atMs - from)} ms`;
      }
    }
  }
  return undefined;
}
