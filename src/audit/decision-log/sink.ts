import type { DecisionEvent } from '../../domain/decision-log.js';

/** The outcome of one delivery attempt. */
export interface Delivered {
  /** Number of completed events, one at least. */
  readonly taken: number;
  /** `too_large`: the completed event fits in no form. */
  readonly outcome: 'sent' | 'too_large';
  /** Number of events with an input that was cut to fit. */
  readonly cut: number;
}

/** A destination of the decision log. */
export interface DecisionSink {
  /** `file`, `stdout` or `http`: its name in the store, in metrics and in logs. */
  readonly name: string;
  /** Delivers the first events, in order. Throws DeliveryFailed, or the error of the write. */
  deliver(events: readonly DecisionEvent[], stopping: AbortSignal): Promise<Delivered>;
  close(): Promise<void>;
}

/** A failed upload of a chunk. The message contains no address and no content. */
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
