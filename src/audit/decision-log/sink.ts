import type { DecisionEvent } from '../../domain/decision-log.js';

/** What became of the first of the events that were offered. */
export interface Delivered {
  /** How many of them are done with, one at least. */
  readonly taken: number;
  /** `too_large`: the one that was taken cannot be sent in any form. */
  readonly outcome: 'sent' | 'too_large';
  /** How many had their input taken out to fit. */
  readonly cut: number;
}

/** Where the decision log goes. */
export interface DecisionSink {
  /** `file`, `stdout` or `http`: its name in the store, in metrics and in logs. */
  readonly name: string;
  /** Delivers a first part of the events, in order. Throws DeliveryFailed, or whatever writing threw. */
  deliver(events: readonly DecisionEvent[], stopping: AbortSignal): Promise<Delivered>;
  close(): Promise<void>;
}

/** The receiver did not take a chunk. The message names no address and no content. */
export class DeliveryFailed extends Error {
  override readonly name = 'DeliveryFailed';

  constructor(
    message: string,
    readonly status?: number,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}
