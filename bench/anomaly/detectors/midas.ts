import { CountMin } from './count-min.js';

/** Rows of every sketch, as in the authors' own experiments. */
const ROWS = 2;
/** Columns: enough that collisions are rare in a fleet of some hundred agents. */
const NODE_COLUMNS = 1024;
const EDGE_COLUMNS = 8192;

/** Scores an edge at a tick (1, 2, …, never smaller than the last). */
export interface EdgeScorer {
  score(source: number, destination: number, edge: number, tick: number): number;
}

/**
 * Chi-squared statistic of `current` requests in this tick against a mean of `total` over `tick` ticks:
 * (a − s/t)² · t² / (s·(t − 1)), equation 3 of Bhatia et al., "MIDAS: Microcluster-based detector of anomalies
 * in edge streams", AAAI 2020.
 */
export function chiSquared(current: number, total: number, tick: number): number {
  if (total === 0 || tick <= 1) return 0;
  return (current + total - current * tick) ** 2 / (total * (tick - 1));
}

/** The counts of edges, or of sources, or of destinations. */
class Counts {
  readonly current: CountMin;
  readonly total: CountMin;
  readonly indices = new Int32Array(ROWS);

  constructor(columns: number) {
    this.current = new CountMin(ROWS, columns);
    this.total = new CountMin(ROWS, columns);
  }
}

/** MIDAS-R: counts of the past ticks fade by `factor`, and the score is the largest of edge, source and destination. */
export class MidasR implements EdgeScorer {
  private readonly edges = new Counts(EDGE_COLUMNS);
  private readonly sources = new Counts(NODE_COLUMNS);
  private readonly destinations = new Counts(NODE_COLUMNS);
  private tick = 1;

  constructor(private readonly factor: number) {}

  score(source: number, destination: number, edge: number, tick: number): number {
    if (tick > this.tick) {
      for (const { current } of [this.edges, this.sources, this.destinations]) {
        current.scale(this.factor);
      }
      this.tick = tick;
    }
    return Math.max(
      this.one(this.edges, edge),
      this.one(this.sources, source),
      this.one(this.destinations, destination),
    );
  }

  private one({ current, total, indices }: Counts, key: number): number {
    current.locate(key, indices);
    current.add(indices);
    total.add(indices);
    return chiSquared(current.count(indices), total.count(indices), this.tick);
  }
}

/** Counts of MIDAS-F: a tick is added to the total when it is over, and only where its score was low. */
class FilteredCounts extends Counts {
  readonly score: CountMin;

  constructor(columns: number) {
    super(columns);
    this.score = new CountMin(ROWS, columns);
  }

  /** Ends tick `ended`: odd cells add their mean instead of their count, and so do not poison the total. */
  merge(threshold: number, ended: number, factor: number): void {
    const [total, current, score] = [this.total.cells, this.current.cells, this.score.cells];
    for (let at = 0; at < total.length; at++) {
      const sum = total[at] ?? 0;
      const odd = (score[at] ?? 0) >= threshold;
      const mean = ended > 1 ? sum / (ended - 1) : 0;
      total[at] = sum + (odd ? mean : (current[at] ?? 0));
    }
    this.current.scale(factor);
  }
}

/** MIDAS-F: Bhatia et al., "Real-time anomaly detection in edge streams", TKDD 2022, algorithm 3. */
export class MidasF implements EdgeScorer {
  private readonly edges = new FilteredCounts(EDGE_COLUMNS);
  private readonly sources = new FilteredCounts(NODE_COLUMNS);
  private readonly destinations = new FilteredCounts(NODE_COLUMNS);
  private tick = 1;

  constructor(
    private readonly factor: number,
    private readonly threshold: number,
  ) {}

  score(source: number, destination: number, edge: number, tick: number): number {
    if (tick > this.tick) {
      for (const counts of [this.edges, this.sources, this.destinations]) {
        counts.merge(this.threshold, this.tick, this.factor);
      }
      this.tick = tick;
    }
    return Math.max(
      this.one(this.edges, edge),
      this.one(this.sources, source),
      this.one(this.destinations, destination),
    );
  }

  private one({ current, total, score, indices }: FilteredCounts, key: number): number {
    current.locate(key, indices);
    current.add(indices);
    const value = chiSquared(current.count(indices), total.count(indices), this.tick);
    score.assign(indices, value);
    return value;
  }
}
