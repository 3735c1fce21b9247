import { gzipSync } from 'node:zlib';
import type { DecisionEvent } from '../../domain/decision-log.js';

/** The first of some events as the body of one upload. */
export interface Chunk {
  /** A gzip of a JSON array. */
  readonly body: Buffer;
  readonly count: number;
  /** 1 when the one event in it was cut to fit. */
  readonly cut: number;
}

/** How much larger than the compressed limit the text of a chunk may become. */
const MOST_RATIO = 64;
const GROWTH = 1.5;
const FULL_ENOUGH = 0.9;

/**
 * Packs events into chunks whose compressed size is within OPA's `upload_size_limit_bytes`. How much text goes into
 * one is learned from the chunks before, so that most are compressed once.
 */
export class Chunker {
  private targetChars: number;
  private maxEvents = Infinity;

  constructor(private readonly limitBytes: number) {
    this.targetChars = limitBytes * 4;
  }

  /** A first part of the events; undefined when the first one does not fit in any form. `cut`: send only the first, cut. */
  take(events: readonly DecisionEvent[], cut = false): Chunk | undefined {
    const [first] = events;
    if (first === undefined) return undefined;
    if (cut) return this.smaller(first);
    const lines = this.select(events);
    for (let count = lines.length; ;) {
      const body = pack(lines.slice(0, count));
      if (body.length <= this.limitBytes) {
        const full = count < events.length && body.length < this.limitBytes * FULL_ENOUGH;
        if (full) {
          this.targetChars = Math.min(this.targetChars * GROWTH, this.limitBytes * MOST_RATIO);
        }
        return { body, count, cut: 0 };
      }
      if (count === 1) return this.smaller(first);
      const fitting = Math.floor((count * this.limitBytes * FULL_ENOUGH) / body.length);
      count = Math.max(1, Math.min(count - 1, fitting));
      this.targetChars = lines.slice(0, count).reduce((sum, line) => sum + line.length, 0);
    }
  }

  /** The receiver took a chunk of so many events. */
  accepted(count: number): void {
    if (count >= this.maxEvents) this.maxEvents += Math.max(1, Math.floor(this.maxEvents / 8));
  }

  /** The receiver found a chunk of so many events too large (HTTP 413). */
  refused(count: number): void {
    this.maxEvents = Math.max(1, Math.ceil(count / 2));
  }

  private select(events: readonly DecisionEvent[]): string[] {
    const lines: string[] = [];
    let chars = 0;
    for (const event of events) {
      const line = JSON.stringify(event);
      if (lines.length > 0 && chars + line.length > this.targetChars) break;
      lines.push(line);
      chars += line.length;
      if (lines.length >= this.maxEvents) break;
    }
    return lines;
  }

  /** What OPA does first, taking out the builtin cache, and then the input as well: the decision itself is kept. */
  private smaller(event: DecisionEvent): Chunk | undefined {
    let cut = event;
    for (const part of ['nd_builtin_cache', 'input'] as const) {
      if (cut[part] === undefined) continue;
      const { [part]: _, ...rest } = cut;
      cut = { ...rest, erased: [...new Set([...(rest.erased ?? []), `/${part}`])] };
      const body = pack([JSON.stringify(cut)]);
      if (body.length <= this.limitBytes) return { body, count: 1, cut: 1 };
    }
    return undefined;
  }
}

function pack(lines: readonly string[]): Buffer {
  return gzipSync(`[${lines.join(',')}]`);
}
