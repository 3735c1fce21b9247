import { SEGMENT_INSTRUCTIONS, TURN_UNITS } from './cost.js';

/** Instructions that are paid for together, before the first of them. */
export interface Segment {
  /** Offset of the charge. */
  readonly at: number;
  /** Units of entering a function or a turn of a loop. */
  readonly base: number;
  instructions: number;
}

/**
 * The segments of one function body.
 * An instruction belongs to a segment that is charged earlier, in its own block or in a block around it, and in no
 * loop around it that the instruction is not in. So every execution of the instruction is paid for, and code that a
 * branch skips costs at most the rest of one segment.
 */
export class Segments {
  readonly all: Segment[] = [];
  /** Current segment of each open block, the function body first. */
  private readonly current: Segment[] = [];

  constructor(at: number) {
    this.current.push(this.start(at, TURN_UNITS));
  }

  get open(): boolean {
    return this.current.length > 0;
  }

  /** Returns the segment of the instruction at `at`; starts one when the current one is full. */
  at(at: number): Segment {
    const last = this.current.length - 1;
    const segment = this.current[last];
    if (segment !== undefined && segment.instructions < SEGMENT_INSTRUCTIONS) return segment;
    const next = this.start(at, 0);
    this.current[last] = next;
    return next;
  }

  /** Enters a block, which continues the segment around it. */
  enterBlock(): void {
    this.current.push(this.around(1));
  }

  /** Leaves the first branch of an `if` for the second: what the first one paid for does not count. */
  enterElse(): void {
    this.current[this.current.length - 1] = this.around(2);
  }

  enterLoop(at: number): void {
    this.current.push(this.start(at, TURN_UNITS));
  }

  /** Leaves a block: what follows continues the segment before it. */
  leave(): void {
    this.current.pop();
  }

  private around(depth: number): Segment {
    const segment = this.current[this.current.length - depth];
    if (segment === undefined) throw new RangeError('an `else` stands outside of a block');
    return segment;
  }

  private start(at: number, base: number): Segment {
    const segment = { at, base, instructions: 0 };
    this.all.push(segment);
    return segment;
  }
}
