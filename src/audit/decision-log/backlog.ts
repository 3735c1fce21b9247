import type { Loss } from './loss.js';
import type { DecisionSource, Stretch } from './source.js';

/** Rows of one stretch. Skips take whole stretches, so they are short. */
const STRETCH_ROWS = 50;
/** Stretches measured in one call, so that a long backlog at start does not block the event loop. */
const STRETCHES_PER_CALL = 200;
/** Share of the cap kept after an overflow, so that one alarm covers many events. */
const KEPT = 0.9;

/**
 * Measures the backlog of a sink.
 * Reads each row once for its size; a partly delivered stretch is measured again.
 */
export class Backlog {
  private stretches: Stretch[] = [];
  private measured: number;

  constructor(
    private readonly source: Pick<DecisionSource, 'measureAfter'>,
    position: number,
  ) {
    this.measured = position;
  }

  /** Measures new rows, up to a bound; the rest follows in the next call. */
  refresh(): void {
    for (let i = 0; i < STRETCHES_PER_CALL; i++) {
      const last = this.stretches.at(-1);
      const stretch = this.source.measureAfter(this.measured, STRETCH_ROWS);
      if (stretch === undefined) return;
      this.measured = stretch.through;
      // Otherwise a quiet log would end with a stretch for each event.
      if (last !== undefined && last.events + stretch.events <= STRETCH_ROWS) {
        this.stretches[this.stretches.length - 1] = joined(last, stretch);
      } else {
        this.stretches.push(stretch);
      }
    }
  }

  /** Drops stretches at or below the position. */
  movedTo(position: number): void {
    while ((this.stretches[0]?.through ?? Infinity) <= position) this.stretches.shift();
    const [head] = this.stretches;
    if (head !== undefined) {
      const rest = this.source.measureAfter(position, Number.MAX_SAFE_INTEGER, head.through);
      if (rest !== undefined) this.stretches[0] = rest;
    }
    this.measured = Math.max(this.measured, position);
  }

  /** Returns the oldest part that exceeds `maxBytes`; undefined when the backlog is within it. */
  excess(maxBytes: number): Loss | undefined {
    let { bytes } = this.waiting();
    if (bytes <= maxBytes) return undefined;
    let lost: Stretch | undefined;
    for (const stretch of this.stretches) {
      if (bytes <= maxBytes * KEPT) break;
      bytes -= stretch.bytes;
      lost = lost === undefined ? stretch : joined(lost, stretch);
    }
    if (lost?.fromMs === undefined || lost.toMs === undefined) return undefined;
    const { through, events, fromMs, toMs } = lost;
    return { reason: 'overflow', events, bytes: lost.bytes, fromMs, toMs, through };
  }

  waiting(): { readonly events: number; readonly bytes: number; readonly oldestMs?: number } {
    let events = 0;
    let bytes = 0;
    for (const stretch of this.stretches) {
      events += stretch.events;
      bytes += stretch.bytes;
    }
    const oldestMs = this.stretches.find(({ fromMs }) => fromMs !== undefined)?.fromMs;
    return { events, bytes, ...(oldestMs === undefined ? {} : { oldestMs }) };
  }
}

function joined(a: Stretch, b: Stretch): Stretch {
  return {
    through: b.through,
    events: a.events + b.events,
    bytes: a.bytes + b.bytes,
    fromMs: least(a.fromMs, b.fromMs),
    toMs: greatest(a.toMs, b.toMs),
  };
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function greatest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}
