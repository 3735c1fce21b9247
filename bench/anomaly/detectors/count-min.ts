/** A count-min sketch whose counts can be fractions. Hashing is pairwise: a·x + b over 32 bits, one pair a row. */
export class CountMin {
  readonly cells: Float64Array;

  constructor(
    readonly rows: number,
    readonly columns: number,
  ) {
    this.cells = new Float64Array(rows * columns);
  }

  /** Writes the index of each row's cell for a key into `indices`. */
  locate(key: number, indices: Int32Array): void {
    for (let row = 0; row < this.rows; row++) {
      let hash = Math.imul(key + 1, 0x9e3779b1 + row * 0x3c6ef372);
      hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b + row * 2);
      indices[row] = row * this.columns + (((hash ^ (hash >>> 13)) >>> 0) % this.columns);
    }
  }

  add(indices: Int32Array, by = 1): void {
    for (const index of indices) this.cells[index] = (this.cells[index] ?? 0) + by;
  }

  /** The count: the least of its cells. */
  count(indices: Int32Array): number {
    let least = Infinity;
    for (const index of indices) least = Math.min(least, this.cells[index] ?? 0);
    return least;
  }

  /** Sets the cells of a key. */
  assign(indices: Int32Array, value: number): void {
    for (const index of indices) this.cells[index] = value;
  }

  scale(factor: number): void {
    const { cells } = this;
    for (let at = 0; at < cells.length; at++) cells[at] = (cells[at] ?? 0) * factor;
  }
}
