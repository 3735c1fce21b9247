import { gzipSync } from 'node:zlib';
import type { DecisionEvent } from '../../domain/decision-log.js';

/** The body of one upload, with the first of the offered events. */
export interface Chunk {
  /** A gzip of a JSON array. */
  readonly body: Buffer;
  readonly count: number;
  /** 1 when its only event was cut to fit. */
  readonly cut: number;
}

/** Maximum ratio of a chunk's text to the compressed limit. */
const MOST_RATIO = 64;
const GROWTH = 1.5;
const FULL_ENOUGH = 0.9;

/**
 * Packs events into chunks with a compressed size within OPA's `upload_size_limit_bytes`.
 * Learns the text size of a chunk from earlier chunks, so that most are compressed once.
 */
export class Chunker {
  private targetChars: number;
  private maxEvents = Infinity;

  constructor(private readonly limitBytes: number) {
    this.targetChars = limitBytes * 4;
  }

  /**
   * Packs the first events; undefined when the first one fits in no form.
   * `cut`: packs only the first, cut.
   */
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

  /** Records that the receiver accepted a chunk of this many events. */
  accepted(count: number): void {
    if (count >= this.maxEvents) this.maxEvents += Math.max(1, Math.floor(this.maxEvents / 8));
  }

  /** Records that a chunk of this many events was too large for the receiver (HTTP 413). */
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

  /** Cuts an event as OPA does: the builtin cache first, then the input as well; the decision stays. */
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
