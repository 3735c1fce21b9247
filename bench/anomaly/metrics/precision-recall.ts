/** Sums of what is malicious among the highest scores, one step per distinct score, from the highest down. */
function* steps(
  scores: ArrayLike<number>,
  malicious: readonly boolean[],
): Iterable<{ found: number; taken: number }> {
  const order = new Uint32Array(scores.length).map((_, at) => at);
  order.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  let found = 0;
  for (let at = 0; at < order.length; at++) {
    const here = order[at] ?? 0;
    if (malicious[here] === true) found++;
    const next = order[at + 1];
    // Equal scores cannot be separated: they are taken together.
    if (next !== undefined && scores[next] === scores[here]) continue;
    yield { found, taken: at + 1 };
  }
}

const countOf = (malicious: readonly boolean[]): number => malicious.filter(Boolean).length;

/** Area under the precision-recall curve, as average precision: the sum of precision × gain in recall. */
export function averagePrecision(scores: ArrayLike<number>, malicious: readonly boolean[]): number {
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
  scores: ArrayLike<number>,
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

/**
 * Areas under the ROC curve: the chance that an attack scores higher than an innocent event, equal scores counting
 * half. `types` has the attack of each event, empty for an innocent one.
 */
export function rocAreas(
  scores: Float32Array,
  types: readonly string[],
): { overall: number; byType: Map<string, number> } {
  const innocent = scores.filter((_, at) => types[at] === '').sort();
  const sums = new Map<string, { sum: number; count: number }>();
  let [sum, count] = [0, 0];
  scores.forEach((score, at) => {
    const type = types[at] ?? '';
    if (type === '') return;
    const rank = (below(innocent, score, false) + below(innocent, score, true)) / 2;
    const share = rank / Math.max(innocent.length, 1);
    const mine = sums.get(type) ?? { sum: 0, count: 0 };
    sums.set(type, { sum: mine.sum + share, count: mine.count + 1 });
    sum += share;
    count++;
  });
  const byType = new Map([...sums].map(([type, one]) => [type, one.sum / one.count]));
  return { overall: count === 0 ? 0 : sum / count, byType };
}

/** How many of the sorted values are below one, or with `equal` at most that. */
function below(sorted: Float32Array, value: number, equal: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const here = sorted[middle] ?? 0;
    if (here < value || (equal && here === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
