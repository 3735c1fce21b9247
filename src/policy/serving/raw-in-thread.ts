import { CountersignError, unavailable } from '../../domain/errors.js';
import { CallThread } from '../../threads/call-thread.js';
import { QueueFull, WorkerTimedOut } from '../../threads/failures.js';
import { FairQueue } from '../../threads/fair-queue.js';
import type { BundleOptions } from '../bundle/read.js';
import type { BreakerOptions } from './breaker.js';
import { EngineFault, publicFault } from './fault.js';
import type { RawDecision } from './raw-decision.js';

/** `workerData` of the thread. */
export interface RawThreadData {
  readonly verification: BundleOptions['verification'];
  readonly breaker?: BreakerOptions;
}

/** One evaluation. */
export interface RawQuestion {
  readonly digest: string;
  /** The bytes of the bundle; absent while the thread has it. */
  readonly archive?: Uint8Array;
  readonly entrypoint: string;
  readonly input: unknown;
}

export interface RawInThreadOptions extends RawThreadData {
  /** Returns the digest of the active bundle, if any. */
  readonly activeDigest: () => Promise<string | undefined>;
  /** Returns the bytes of a bundle; undefined when the store has none. */
  readonly archive: (digest: string) => Promise<Uint8Array | undefined>;
  readonly deadlineMs?: number;
}

const THREAD = new URL('./raw-thread', import.meta.url);
/** Fuel ends an evaluation after a fraction of a second; reading the bundle takes longer. */
const DEADLINE_MS = 10_000;
const HEAP_MIB = 256;
const QUEUE = { slots: 1, waiting: 16, waitingEach: 4 };
const RETRY_AFTER_SECONDS = 1;

/**
 * Evaluates entrypoints of the active bundle in a thread with a deadline, since a caller chooses the input.
 * One evaluation runs at a time; owners take turns.
 */
export class RawDecisionsInThread {
  readonly #options: RawInThreadOptions;
  readonly #thread: CallThread;
  readonly #queue = new FairQueue(QUEUE);

  constructor(options: RawInThreadOptions) {
    const { verification, breaker, deadlineMs = DEADLINE_MS } = options;
    const data: RawThreadData = { verification, ...(breaker === undefined ? {} : { breaker }) };
    this.#options = options;
    this.#thread = new CallThread({
      ...{ module: THREAD, data, heapMiB: HEAP_MIB },
      ...{ maxOpen: QUEUE.slots, deadlineMs, graceMs: 0 },
    });
  }

  /**
   * Evaluates an entrypoint.
   * Throws CountersignError: `invalid_request` for an invalid input, `policy_budget_exceeded` without fuel or time,
   * `slow_down` when too many wait, 503 for any other fault.
   */
  async evaluate(entrypoint: string, input: unknown, owner: string): Promise<RawDecision> {
    try {
      return await this.#queue.run(owner, () => this.#evaluate(entrypoint, input));
    } catch (error) {
      throw publicError(error);
    }
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  async #evaluate(entrypoint: string, input: unknown): Promise<RawDecision> {
    const { activeDigest, archive: archiveOf } = this.#options;
    const digest = await activeDigest();
    if (digest === undefined) throw new EngineFault('no_bundle', 'no bundle is active');
    const question = { digest, entrypoint, input };
    const known = await this.#ask(question);
    if (known !== undefined) return known;
    const archive = await archiveOf(digest);
    if (archive === undefined) throw new EngineFault('no_bundle', 'it is not in the store');
    const decided = await this.#ask({ ...question, archive });
    if (decided !== undefined) return decided;
    throw new EngineFault('no_bundle', 'the thread did not take the bundle');
  }

  #ask(question: RawQuestion): Promise<RawDecision | undefined> {
    return this.#thread.call<RawDecision | undefined>('evaluate', question);
  }
}

function publicError(error: unknown): unknown {
  if (error instanceof CountersignError) return error;
  const what = 'raw evaluation';
  if (error instanceof EngineFault) return publicFault(what, error);
  if (error instanceof WorkerTimedOut) {
    return publicFault(what, new EngineFault('budget', error.message, error));
  }
  if (!(error instanceof QueueFull)) return unavailable(what, error);
  const detail = 'Too many evaluations wait on this node.';
  const fields = { retryAfterSeconds: RETRY_AFTER_SECONDS };
  return new CountersignError('slow_down', detail, fields, error.message, error);
}
