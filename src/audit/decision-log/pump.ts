import {
  NO_DECISION_LOG_STATE,
  type DecisionEvent,
  type DecisionLogState,
  type LogRules,
} from '../../domain/decision-log.js';
import { Backlog } from './backlog.js';
import type { Loss } from './loss.js';
import { prepare, type Prepared, type PrepareOptions } from './prepare.js';
import { DeliveryFailed, type Delivered, type DecisionSink } from './sink.js';
import type { DecisionSource } from './source.js';

export interface PumpOptions {
  readonly prepare: PrepareOptions;
  /** The rules of the active bundle. Throws when they are unavailable: then events wait. */
  readonly rules: () => Promise<LogRules>;
  /** Maximum size of the backlog; beyond it the oldest events are given up. */
  readonly bufferMaxBytes: number;
  readonly onLost: (loss: Loss) => void;
  /** Called once for each batch with a failed rule. */
  readonly onRuleFailed: (rule: 'mask' | 'drop', why: string, events: number) => void;
}

/** Rows per turn: their masks block the event loop for about 20 ms. */
const ROWS = 200;

interface Entry extends Prepared {
  readonly row: number;
  readonly timeMs: number;
}

type Counts = { -readonly [Name in keyof DecisionLogState]?: number };

/**
 * Delivers decisions from the store to one sink, in order, at least once.
 * The position moves only past delivered events: a crash repeats at most one chunk, and undelivered events wait on
 * disk.
 */
export class DecisionPump {
  private position: number;
  private backlog: Backlog;
  private state: DecisionLogState;

  constructor(
    private readonly source: DecisionSource,
    readonly sink: DecisionSink,
    private readonly options: PumpOptions,
  ) {
    this.position = source.begin(sink.name);
    this.backlog = new Backlog(source, this.position);
    this.state = source.state(sink.name) ?? NO_DECISION_LOG_STATE;
  }

  /**
   * Delivers until the backlog is empty, or `stopping`.
   * Throws the sink's error: the events are offered again.
   */
  async drain(stopping: AbortSignal): Promise<void> {
    try {
      while (!stopping.aborted && (await this.turn(stopping)));
    } catch (error) {
      if (stopping.aborted) return;
      this.failed(error);
      throw error;
    }
  }

  /** Delivers one batch; returns false when there was none. */
  private async turn(stopping: AbortSignal): Promise<boolean> {
    this.backlog.refresh();
    this.giveUpExcess();
    const { decisions, through } = this.source.decisionsAfter(this.position, ROWS);
    if (through === this.position) return false;
    const rules = decisions.length === 0 ? {} : await this.options.rules();
    let entries = decisions.map((stored): Entry => {
      const prepared = prepare(stored, rules, this.options.prepare);
      return { ...prepared, row: stored.row, timeMs: stored.event.time_ms };
    });
    this.tellFailures(entries);
    while (entries.length > 0) {
      const offered = entries.filter(isLogged);
      if (offered.length === 0) break;
      const done = await this.sink.deliver(
        offered.map(({ event }) => event),
        stopping,
      );
      const last = offered[done.taken - 1];
      const to = done.taken >= offered.length ? through : (last?.row ?? through);
      if (!this.passed(entries, done, to, last)) return true;
      entries = entries.filter(({ row }) => row > to);
    }
    // The remaining rows were dropped by a rule, or are no decisions.
    if (this.position < through) this.moveTo(through, countsOf(entries));
    return true;
  }

  /** Records the delivery of a part. Returns false when another process moved the position. */
  private passed(
    entries: readonly Entry[],
    done: Delivered,
    to: number,
    last: Entry | undefined,
  ): boolean {
    const counts = countsOf(entries.filter(({ row }) => row <= to));
    if (done.outcome === 'too_large') {
      const { timeMs = 0, event } = last ?? {};
      const bytes = event === undefined ? 0 : Buffer.byteLength(JSON.stringify(event));
      const loss: Loss = {
        reason: 'too_large',
        events: 1,
        bytes,
        fromMs: timeMs,
        toMs: timeMs,
        through: to,
      };
      return this.giveUp(loss, { ...counts, lost_too_large: 1 });
    }
    const sent = { sent: done.taken, chunks_sent: 1, cut_to_fit: done.cut };
    const { failure: _, ...healthy } = this.state;
    this.state = healthy;
    return this.moveTo(to, { ...counts, ...sent });
  }

  private giveUpExcess(): void {
    const loss = this.backlog.excess(this.options.bufferMaxBytes);
    if (loss !== undefined) this.giveUp(loss, { lost_overflow: loss.events });
  }

  private giveUp(loss: Loss, counts: Counts): boolean {
    const from = this.position;
    const moved = this.settle(loss.through, counts, (state) =>
      this.source.skip(this.sink.name, from, loss, state),
    );
    if (moved) this.options.onLost(loss);
    return moved;
  }

  private moveTo(row: number, counts: Counts): boolean {
    const from = this.position;
    return this.settle(row, counts, (state) =>
      this.source.advance(this.sink.name, from, row, state),
    );
  }

  /** Moves position, backlog and state together, or restores all three from the store. */
  private settle(
    row: number,
    counts: Counts,
    write: (state: DecisionLogState) => boolean,
  ): boolean {
    this.backlog.movedTo(row);
    const state = this.withWaiting(added(this.state, counts));
    if (write(state)) {
      this.position = row;
      this.state = state;
      return true;
    }
    this.position = this.source.position(this.sink.name) ?? row;
    this.backlog = new Backlog(this.source, this.position);
    this.state = this.source.state(this.sink.name) ?? this.state;
    return false;
  }

  private failed(error: unknown): void {
    const chunk = error instanceof DeliveryFailed;
    const message = error instanceof Error ? error.message : 'unknown failure';
    const code = chunk && error.status !== undefined ? { http_code: error.status } : {};
    const counted = added(this.state, chunk ? { chunks_failed: 1 } : {});
    this.state = { ...this.withWaiting(counted), failure: { message, ...code } };
    this.source.keepState(this.sink.name, this.state);
  }

  private withWaiting(state: DecisionLogState): DecisionLogState {
    const { oldest_ms: _, ...rest } = state;
    const { events, bytes, oldestMs } = this.backlog.waiting();
    return {
      ...rest,
      waiting_events: events,
      waiting_bytes: bytes,
      ...(oldestMs === undefined ? {} : { oldest_ms: oldestMs }),
    };
  }

  private tellFailures(entries: readonly Entry[]): void {
    for (const rule of ['mask', 'drop'] as const) {
      const whys = entries.flatMap((entry) => entry[`${rule}Error`] ?? []);
      const [why] = whys;
      if (why !== undefined) this.options.onRuleFailed(rule, why, whys.length);
    }
  }
}

function isLogged(entry: Entry): entry is Entry & { readonly event: DecisionEvent } {
  return entry.event !== undefined;
}

function countsOf(entries: readonly Entry[]): Counts {
  return {
    dropped_by_rule: entries.filter(({ event }) => event === undefined).length,
    mask_errors: entries.filter(({ maskError }) => maskError !== undefined).length,
    drop_errors: entries.filter(({ dropError }) => dropError !== undefined).length,
  };
}

function added(state: DecisionLogState, counts: Counts): DecisionLogState {
  const sums = Object.entries(counts).map(([name, count]) => {
    const before = state[name as keyof DecisionLogState];
    return [name, (typeof before === 'number' ? before : 0) + count];
  });
  return { ...state, ...(Object.fromEntries(sums) as Partial<DecisionLogState>) };
}
