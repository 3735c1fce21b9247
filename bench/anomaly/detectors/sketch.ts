/** Rows of a sketch, as in the authors' experiments. */
const ROWS = 2;

/**
 * Two count-min sketches with equal cells: what this tick counts (`current`, of which a share survives each
 * tick) and what all ticks before did (`total`). A cell is brought up to date when it is touched, since doing so
 * for every cell at every tick would take minutes; the numbers are equal.
 */
export abstract class Sketch {
  protected readonly current: Float64Array;
  protected readonly total: Float64Array;
  private readonly ticks: Int32Array;
  private readonly indices = new Int32Array(ROWS);

  constructor(
    private readonly columns: number,
    protected readonly factor: number,
  ) {
    this.current = new Float64Array(ROWS * columns);
    this.total = new Float64Array(ROWS * columns);
    this.ticks = new Int32Array(ROWS * columns).fill(1);
  }

  /** Counts one more of `key` at `tick`, and returns its score: both counts are the least of their cells. */
  count(key: number, tick: number): number {
    let [current, total] = [Infinity, Infinity];
    for (let row = 0; row < ROWS; row++) {
      const index = row * this.columns + (hashOf(key, row) % this.columns);
      this.indices[row] = index;
      const before = this.ticks[index] ?? tick;
      if (before < tick) this.pass(index, before, tick);
      this.ticks[index] = tick;
      this.add(index);
      current = Math.min(current, this.current[index] ?? 0);
      total = Math.min(total, this.total[index] ?? 0);
    }
    const score = this.score(current, total, tick);
    for (const index of this.indices) this.scored(index, score);
    return score;
  }

  /** How odd `current` is compared with `total`. */
  protected abstract score(current: number, total: number, tick: number): number;
  /** Brings a cell from one tick to a later one. */
  protected abstract pass(index: number, from: number, to: number): void;
  protected abstract add(index: number): void;
  protected abstract scored(index: number, score: number): void;
}

function hashOf(key: number, row: number): number {
  let hash = Math.imul(key + 1, 0x9e3779b1 + row * 0x3c6ef372);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b + row * 2);
  return (hash ^ (hash >>> 13)) >>> 0;
}
