import type { DecisionEvent } from '../../domain/decision-log.js';
import { Chunker, type Chunk } from './chunk.js';
import { DeliveryFailed, type Delivered, type DecisionSink } from './sink.js';

export interface HttpSinkOptions {
  /** The URL to which OPA would `POST …/logs`. */
  readonly url: string;
  /** For example `authorization`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Limit of one compressed chunk. */
  readonly uploadSizeLimitBytes: number;
}

const PAYLOAD_TOO_LARGE = 413;

/**
 * Uploads chunks as OPA's decision log plugin does:
 * `POST`, a gzip-compressed JSON array. 2xx means delivered; 413 makes chunks smaller. Any other outcome is thrown, and
 * the events are offered again.
 */
export function createHttpSink(options: HttpSinkOptions): DecisionSink {
  const chunker = new Chunker(options.uploadSizeLimitBytes);
  return {
    name: 'http',
    deliver: async (events, stopping) => deliver(chunker, options, events, stopping),
    close: () => Promise.resolve(),
  };
}

async function deliver(
  chunker: Chunker,
  options: HttpSinkOptions,
  events: readonly DecisionEvent[],
  stopping: AbortSignal,
): Promise<Delivered> {
  let cut = false;
  for (;;) {
    const chunk = chunker.take(events, cut);
    if (chunk === undefined) return { taken: 1, outcome: 'too_large', cut: 0 };
    const status = await post(options, chunk, stopping);
    if (status >= 200 && status < 300) {
      chunker.accepted(chunk.count);
      return { taken: chunk.count, outcome: 'sent', cut: chunk.cut };
    }
    if (status !== PAYLOAD_TOO_LARGE) {
      throw new DeliveryFailed(`the receiver answered HTTP ${String(status)}`, status);
    }
    // The receiver rejects even one event without its input.
    if (chunk.cut > 0) return { taken: 1, outcome: 'too_large', cut: 0 };
    if (chunk.count === 1) cut = true;
    else chunker.refused(chunk.count);
  }
}

async function post(
  { url, headers, timeoutMs }: HttpSinkOptions,
  { body }: Chunk,
  stopping: AbortSignal,
): Promise<number> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-encoding': 'gzip',
        'user-agent': 'countersign-decision-log',
        ...headers,
      },
      body: new Uint8Array(body),
      // A redirect must not send the log to another receiver.
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), stopping]),
    });
    // The body is not used; unread it would hold the connection.
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    throw new DeliveryFailed(failureOf(error), undefined, error);
  }
}

/** Returns the cause of a failure, without URL or address. */
function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown failure';
  if (error.name === 'TimeoutError') return 'the receiver did not answer in time';
  if (error.name === 'AbortError') return 'stopping';
  const cause: unknown = error.cause;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,64}$/u.test(code) ? code : 'connection failed';
}
