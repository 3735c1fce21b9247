import { createHash } from 'node:crypto';
import type { Clock } from '../../domain/clock.js';
import { BundleRefused } from '../bundle/refused.js';
import type { LastGood } from './last-good.js';
import {
  SourceUnavailable,
  type BundleSource,
  type Fetcher,
  type OnCandidate,
  type PollerStatus,
  type StartOutcome,
} from './source.js';

export interface PollerOptions {
  readonly fetcher: Fetcher;
  readonly clock: Clock;
  /** False: only `start` and `checkNow` poll. */
  readonly watch: boolean;
  readonly lastGood?: LastGood;
  /** Called once per problem of the source, and when the bundle cannot be kept on disk. */
  readonly onProblem?: (problem: Error) => void;
}

/** Polls a source, delivers new bundles, and remembers the last activated and the last refused one. */
export class SourcePoller implements BundleSource {
  private onCandidate: OnCandidate | undefined;
  private now: PollerStatus;
  private activeDigest: string | undefined;
  private refusal: { readonly digest: string; readonly error: BundleRefused } | undefined;
  private failures = 0;
  /** Set when a delivered bundle failed for a transient reason: deliver it again, changed or not. */
  private again = false;
  private queue: Promise<unknown> = Promise.resolve();
  private waiting: AbortController | undefined;
  private readonly closing = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: PollerOptions) {
    this.now = { origin: options.fetcher.origin };
  }

  async start(onCandidate: OnCandidate): Promise<StartOutcome> {
    if (this.onCandidate !== undefined) throw new Error('a source is started once');
    this.onCandidate = onCandidate;
    const outcome = await this.enqueue(() => this.first());
    this.schedule(0);
    return outcome;
  }

  async checkNow(): Promise<void> {
    // A long-polling request would delay checkNow().
    this.waiting?.abort();
    await this.enqueue(() => this.look('now'));
  }

  status(): PollerStatus {
    return this.now;
  }

  async close(): Promise<void> {
    this.closing.abort();
    clearTimeout(this.timer);
    await this.queue;
  }

  private enqueue<T>(task: () => Promise<T>): Promise<T> {
    const run = this.queue.then(task);
    this.queue = run.catch(() => undefined);
    return run;
  }

  private async first(): Promise<StartOutcome> {
    try {
      await this.look('now');
      return { activated: 'fresh' };
    } catch (error) {
      const failed = error instanceof Error ? error : new Error(String(error));
      return (await this.fallBack())
        ? { activated: 'last_good' }
        : { activated: 'nothing', error: failed };
    }
  }

  private async fallBack(): Promise<boolean> {
    const archive = await this.options.lastGood?.read();
    if (archive === undefined) return false;
    try {
      await this.onCandidate?.(archive, `${this.now.origin} (kept on disk)`);
    } catch (error) {
      this.tell(error);
      return false;
    }
    this.activeDigest = digestOf(archive);
    this.set({ size_bytes: archive.length, last_successful_activation_ms: this.ms() });
    return true;
  }

  private schedule(tookMs: number): void {
    if (!this.options.watch || this.closed()) return;
    const pauseMs = this.options.fetcher.pauseMs(this.failures, tookMs);
    this.timer = setTimeout(() => {
      const begun = performance.now();
      void this.enqueue(() => this.look('if_changed'))
        .catch(() => undefined) // Reported by onProblem and in the status.
        .then(() => {
          this.schedule(performance.now() - begun);
        });
    }, pauseMs);
    this.timer.unref();
  }

  /**
   * Polls once.
   * Throws SourceUnavailable and the errors of `onCandidate`, after recording them in the status.
   */
  private async look(when: 'now' | 'if_changed'): Promise<void> {
    if (this.closed()) throw new SourceUnavailable('the source was closed');
    const waiting = new AbortController();
    try {
      if ((await this.bring(when, waiting)) === 'nothing_new') return;
      this.failures = 0;
      this.now = withoutError(this.now);
    } catch (error) {
      // Aborted for checkNow() or close(): the source has no problem.
      if (waiting.signal.aborted || this.closed()) throw error;
      this.failures += 1;
      this.fail(error);
      throw error;
    } finally {
      this.waiting = undefined;
    }
  }

  private async bring(
    when: 'now' | 'if_changed',
    waiting: AbortController,
  ): Promise<'well' | 'nothing_new'> {
    const { etag } = this.now;
    const force = when === 'now' || this.again;
    this.set({ last_request_ms: this.ms() });
    if (when === 'if_changed') this.waiting = waiting;
    const fetched = await this.options.fetcher.fetch(
      { force, ...(etag === undefined ? {} : { etag }) },
      AbortSignal.any([waiting.signal, this.closing.signal]),
    );
    this.waiting = undefined;
    this.set({ last_successful_request_ms: this.ms() });
    // With an ETag, the active bundle is current. Without one, the last problem remains.
    if (!fetched.changed) return etag === undefined ? 'nothing_new' : 'well';
    this.set({ last_successful_download_ms: this.ms() });
    await this.offer(fetched, when);
    return 'well';
  }

  private async offer(
    { archive, etag }: { readonly archive: Uint8Array; readonly etag?: string },
    when: 'now' | 'if_changed',
  ): Promise<void> {
    const digest = digestOf(archive);
    if (when === 'if_changed' && digest === this.activeDigest) {
      this.remember(archive, etag);
      return;
    }
    if (when === 'if_changed' && digest === this.refusal?.digest) throw this.refusal.error;
    try {
      this.again = false;
      await this.onCandidate?.(archive, this.now.origin);
    } catch (error) {
      if (error instanceof BundleRefused) this.refusal = { digest, error };
      else this.again = true;
      throw error;
    }
    this.activeDigest = digest;
    this.remember(archive, etag);
    this.set({ last_successful_activation_ms: this.ms() });
    await this.options.lastGood?.keep(archive).catch((error: unknown) => {
      this.tell(error);
    });
  }

  /** Called only after activation. An ETag remembered earlier would block the retry of a refused bundle. */
  private remember(archive: Uint8Array, etag: string | undefined): void {
    this.refusal = undefined;
    const { etag: _, ...rest } = this.now;
    this.now = { ...rest, size_bytes: archive.length, ...(etag === undefined ? {} : { etag }) };
  }

  private fail(error: unknown): void {
    const { message } = error instanceof Error ? error : new Error(String(error));
    const code = error instanceof SourceUnavailable ? error.httpCode : undefined;
    const last_error = {
      at_ms: this.ms(),
      message,
      ...(code === undefined ? {} : { http_code: code }),
    };
    const known = this.now.last_error?.message === message;
    this.set({ last_error });
    if (!known) this.tell(error);
  }

  private tell(error: unknown): void {
    this.options.onProblem?.(error instanceof Error ? error : new Error(String(error)));
  }

  private set(change: Partial<PollerStatus>): void {
    this.now = { ...this.now, ...change };
  }

  private closed(): boolean {
    return this.closing.signal.aborted;
  }

  private ms(): number {
    return this.options.clock.nowMs();
  }
}

function digestOf(archive: Uint8Array): string {
  return createHash('sha256').update(archive).digest('hex');
}

function withoutError({ last_error: _, ...rest }: PollerStatus): PollerStatus {
  return rest;
}
