import type { Digest } from './digest.js';

/** Cells of ten minutes in an hour: alerts closer than that belong to one episode. */
const HOUR_CELLS = 6;

type Cells = Pick<Digest, 'agents' | 'cells' | 'scores'>;

/** Episodes of alerts at a threshold: alerts of one agent with at most an hour between them are one. */
export function episodes({ agents, cells, scores }: Cells, threshold: number): number {
  let count = 0;
  let [agent, cell] = [-1, -Infinity];
  for (let at = 0; at < scores.length; at++) {
    if ((scores[at] ?? 0) < threshold) continue;
    const [thisAgent, thisCell] = [agents[at] ?? 0, cells[at] ?? 0];
    if (thisAgent !== agent || thisCell - cell > HOUR_CELLS) count++;
    [agent, cell] = [thisAgent, thisCell];
  }
  return count;
}

/** False alerts per agent-month at a threshold. */
export function falseAlerts(digests: readonly Digest[], threshold: number): number {
  let [count, months] = [0, 0];
  for (const digest of digests) {
    count += episodes(digest, threshold);
    months += digest.months;
  }
  return months === 0 ? 0 : count / months;
}

/** The lowest threshold with at most `budget` false alerts per agent-month. Merging makes the count not quite monotonous: of what a bisection over the scores finds, the lower. */
export function thresholdFor(digests: readonly Digest[], budget: number): number {
  const floor = Math.max(0, ...digests.map((digest) => digest.floor));
  const distinct = new Set<number>();
  for (const { scores } of digests)
    for (const score of scores) if (score > floor) distinct.add(score);
  const sorted = Float64Array.from(distinct).sort();
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (falseAlerts(digests, sorted[middle] ?? Infinity) <= budget) high = middle;
    else low = middle + 1;
  }
  // Above the highest benign score, when no lower one is within the budget.
  return sorted[low] ?? (sorted.at(-1) ?? floor) + 1e-6;
}
