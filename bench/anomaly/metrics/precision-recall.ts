/** Sums of what is malicious among the highest scores, one step per distinct score, from the highest down. */
function* steps(
  scores: readonly number[],
  malicious: readonly boolean[],
): Iterable<{ found: number; taken: number }> {
  const order = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  let found = 0;
  for (let at = 0; at < order.length; at++) {
    const here = order[at] ?? 0;
    if (malicious[here] === true) found++;
    const next = order[at + 1];
    // Equal scores cannot be told apart: they are taken together.
    if (next !== undefined && scores[next] === scores[here]) continue;
    yield { found, taken: at + 1 };
  }
}

const countOf = (malicious: readonly boolean[]): number => malicious.filter(Boolean).length;

/** Area under the precision-recall curve, as average precision: the sum of precision × gain in recall. */
export function averagePrecision(scores: readonly number[], malicious: readonly boolean[]): number {
  const all = countOf(malicious);
  let [area, before] = [0, 0];
  for (const { found, taken } of steps(scores, malicious)) {
    area += (found / taken) * ((found - before) / Math.max(all, 1));
    before = found;
  }
  return area;
}

/** The best precision at a recall of at least 1/points, 2/points, … 1. */
export function precisionAtRecalls(
  scores: readonly number[],
  malicious: readonly boolean[],
  points: number,
): number[] {
  const all = Math.max(countOf(malicious), 1);
  const best = Array<number>(points).fill(0);
  for (const { found, taken } of steps(scores, malicious)) {
    const reached = Math.floor((found / all) * points + 1e-9) - 1;
    if (reached >= 0) best[reached] = Math.max(best[reached] ?? 0, found / taken);
  }
  for (let at = points - 2; at >= 0; at--) best[at] = Math.max(best[at] ?? 0, best[at + 1] ?? 0);
  return best;
}
