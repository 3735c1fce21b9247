import { Sketch } from './sketch.js';

/** Number of columns: collisions are rare, so that the sketch does not weaken the baseline. */
const NODE_COLUMNS = 4096;
const EDGE_COLUMNS = 65_536;

/**
 * Chi-squared statistic of `current` requests in this tick against a mean of `total` over `tick` ticks, this one
 * included: (a − s/t)² · t² / (s·(t − 1)), from Bhatia et al., AAAI 2020.
 */
export function chiSquared(current: number, total: number, tick: number): number {
  if (total === 0 || tick <= 1) return 0;
  return (current * tick - total) ** 2 / (total * (tick - 1));
}

/** Chi-squared against the ticks before this one alone: (a + s − a·t)² / (s·(t − 1)), from TKDD 2022. */
export function chiSquaredBefore(current: number, total: number, tick: number): number {
  if (total === 0 || tick <= 1) return 0;
  return (current + total - current * tick) ** 2 / (total * (tick - 1));
}

/** Counts of MIDAS-R: a request counts in the total at once. */
export class RelationalSketch extends Sketch {
  protected override score(current: number, total: number, tick: number): number {
    return chiSquared(current, total, tick);
  }

  protected override pass(index: number, from: number, to: number): void {
    this.current[index] = (this.current[index] ?? 0) * this.factor ** (to - from);
  }

  protected override add(index: number): void {
    this.current[index] = (this.current[index] ?? 0) + 1;
    this.total[index] = (this.total[index] ?? 0) + 1;
  }

  protected override scored(): void {
    // Its score changes nothing.
  }
}

/**
 * Counts of MIDAS-F: a tick is added to the total when it is over, and where its score reached the threshold the
 * mean of the ticks before is added in its place, so that an anomaly does not poison the total.
 */
export class FilteringSketch extends Sketch {
  private readonly scores: Float64Array;

  constructor(
    columns: number,
    factor: number,
    private readonly threshold: number,
  ) {
    super(columns, factor);
    this.scores = new Float64Array(this.current.length);
  }

  protected override score(current: number, total: number, tick: number): number {
    return chiSquaredBefore(current, total, tick);
  }

  protected override pass(index: number, from: number, to: number): void {
    const [current, total] = [this.current[index] ?? 0, this.total[index] ?? 0];
    const left = this.factor ** (to - from);
    // Each tick t ≥ 2 adds total / (t − 1), and so multiplies it by t / (t − 1).
    const odd = (this.scores[index] ?? 0) >= this.threshold;
    this.total[index] = odd
      ? (total * Math.max(to - 1, 1)) / Math.max(from - 1, 1)
      : total + (current * (1 - left)) / (1 - this.factor);
    this.current[index] = current * left;
  }

  protected override add(index: number): void {
    this.current[index] = (this.current[index] ?? 0) + 1;
  }

  protected override scored(index: number, score: number): void {
    this.scores[index] = score;
  }
}

/** Scores edges in the order of time: the largest of what the edge, its source and its destination give. */
export class Midas {
  private readonly edges: Sketch;
  private readonly sources: Sketch;
  private readonly destinations: Sketch;

  constructor(sketchOf: (columns: number) => Sketch) {
    this.edges = sketchOf(EDGE_COLUMNS);
    this.sources = sketchOf(NODE_COLUMNS);
    this.destinations = sketchOf(NODE_COLUMNS);
  }

  /** `tick` is 1, 2, … and never smaller than the last. */
  score(source: number, destination: number, edge: number, tick: number): number {
    return Math.max(
      this.edges.count(edge, tick),
      this.sources.count(source, tick),
      this.destinations.count(destination, tick),
    );
  }
}

/** Bhatia et al., AAAI 2020. */
export const midasRelational = (factor: number): Midas =>
  new Midas((columns) => new RelationalSketch(columns, factor));

/** Bhatia et al., "Real-time anomaly detection in edge streams", TKDD 2022. */
export const midasFiltering = (factor: number, threshold: number): Midas =>
  new Midas((columns) => new FilteringSketch(columns, factor, threshold));
