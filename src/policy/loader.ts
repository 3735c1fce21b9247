import type { Clock } from '../domain/clock.js';
import { readBundle, type Bundle, type BundleOptions } from './bundle/read.js';
import { BundleRefused } from './bundle/refused.js';
import type { PolicyEngine } from './engine.js';
import { pollPath, type WatchPath } from './watch.js';

/** What is served and why the newest candidate is not, in wire names. */
export interface LoaderStatus {
  readonly revision: string;
  readonly source: string;
  readonly activated_at_ms: number;
  readonly entrypoint: string;
  readonly opa_version: string;
  /** `sha256:` and hex over the bundle's members. */
  readonly digest: string;
  readonly last_refusal?: { readonly at_ms: number; readonly detail: string };
}

/** How long an activation took, in milliseconds. */
export interface LoadTimings {
  /** Reading and checking the bundle. */
  readonly readMs: number;
  /** Compiling, loading its data and warming it. */
  readonly activateMs: number;
}

export interface PolicyLoaderOptions {
  /** A bundle folder or tar.gz file. */
  readonly path: string;
  readonly engine: PolicyEngine;
  readonly bundle: BundleOptions;
  readonly clock: Clock;
  /** `false` switches watching off; by default the path is polled each second. */
  readonly watch?: WatchPath | false;
  readonly onActivated?: (status: LoaderStatus, timings: LoadTimings) => void;
  readonly onRefused?: (problem: BundleRefused) => void;
}

const POLL_INTERVAL_MS = 1000;

/** Loads the bundle at start, on demand and when its path changes. A refused bundle leaves the old one serving. */
export class PolicyLoader {
  private active: LoaderStatus | undefined;
  private refusal: LoaderStatus['last_refusal'];
  private queue: Promise<unknown> = Promise.resolve();
  private stopWatching: (() => void) | undefined;

  constructor(private readonly options: PolicyLoaderOptions) {}

  /** Loads the first bundle and begins to watch. Throws BundleRefused: there is nothing to fall back on. */
  async start(): Promise<LoaderStatus> {
    const status = await this.reload();
    const { watch = pollPath(POLL_INTERVAL_MS), path } = this.options;
    if (watch !== false) {
      this.stopWatching = watch(path, () => {
        // onRefused was told; there is nobody to throw to.
        void this.enqueue('if_changed').catch(() => undefined);
      });
    }
    return status;
  }

  /** Loads what is at the path now, also when it is what serves already: that closes a tripped breaker. Throws BundleRefused. */
  reload(): Promise<LoaderStatus> {
    return this.enqueue('always');
  }

  /** Undefined until a bundle was activated. */
  status(): LoaderStatus | undefined {
    if (this.active === undefined || this.refusal === undefined) return this.active;
    return { ...this.active, last_refusal: this.refusal };
  }

  /** Ends watching and waits for a load that is under way. */
  async close(): Promise<void> {
    this.stopWatching?.();
    this.stopWatching = undefined;
    await this.queue.catch(() => undefined);
  }

  /** One load at a time, in the order asked. */
  private enqueue(when: 'always' | 'if_changed'): Promise<LoaderStatus> {
    const load = this.queue.catch(() => undefined).then(() => this.load(when));
    this.queue = load;
    return load;
  }

  private async load(when: 'always' | 'if_changed'): Promise<LoaderStatus> {
    const { path, engine, bundle: options, clock } = this.options;
    let bundle: Bundle;
    const startedMs = performance.now();
    let readMs: number;
    try {
      bundle = await readBundle(path, options);
      readMs = performance.now() - startedMs;
      if (when === 'if_changed' && bundle.digest === this.active?.digest) {
        this.refusal = undefined;
        return this.active;
      }
      await engine.activate(bundle);
    } catch (error) {
      const refused =
        error instanceof BundleRefused
          ? error
          : new BundleRefused('unreadable', ['the bundle could not be loaded'], error);
      this.refusal = { at_ms: clock.nowMs(), detail: refused.message };
      this.options.onRefused?.(refused);
      throw refused;
    }
    this.refusal = undefined;
    this.active = this.statusOf(bundle);
    const activateMs = performance.now() - startedMs - readMs;
    this.options.onActivated?.(this.active, { readMs, activateMs });
    return this.active;
  }

  private statusOf(bundle: Bundle): LoaderStatus {
    return {
      revision: bundle.revision,
      source: this.options.path,
      activated_at_ms: this.options.clock.nowMs(),
      entrypoint: this.options.engine.entrypoint,
      opa_version: bundle.opaVersion,
      digest: bundle.digest,
    };
  }
}
