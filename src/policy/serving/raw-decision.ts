import { createHash } from 'node:crypto';
import { CountersignError, unavailable } from '../../domain/errors.js';
import { DEFAULT_BREAKER, EvaluationBreaker, type BreakerOptions } from './breaker.js';
import type { Bundle } from '../bundle/read.js';
import { BundleRefused } from '../bundle/refused.js';
import { EngineFault, publicFault } from './fault.js';
import { canonicalJson, NotCanonical } from '../json/canonical.js';
import { createEvaluator, type RawEvaluator } from './raw-evaluator.js';

export interface RawDecisionsOptions {
  /** Returns the digest of the active bundle, if any. */
  readonly activeDigest: () => Promise<string | undefined>;
  /** Reads a bundle. Throws BundleRefused. */
  readonly open: (digest: string) => Promise<Bundle>;
  readonly breaker?: BreakerOptions;
  /** Monotonic clock in milliseconds. */
  readonly monotonicMs?: () => number;
}

interface Opened {
  readonly digest: string;
  readonly bundle: Promise<Bundle>;
  /** Evaluators by entrypoint, created at first use. */
  readonly evaluators: Map<string, Promise<RawEvaluator>>;
  readonly breaker: EvaluationBreaker;
}

/** Value of one entrypoint; `inputDigest` is absent when the bundle has no such entrypoint. */
export interface RawDecision {
  readonly defined: boolean;
  readonly result?: unknown;
  readonly revision: string;
  readonly inputDigest?: string;
}

/**
 * Evaluates any entrypoint of the active bundle on separate instances.
 * An input under trial can then neither retire the live instance nor trip its breaker.
 */
export class RawDecisions {
  private opened: Opened | undefined;

  constructor(private readonly options: RawDecisionsOptions) {}

  /**
   * Evaluates an entrypoint.
   * Throws CountersignError: `invalid_request` for an invalid input, 503 for any fault.
   */
  async evaluate(entrypoint: string, input: unknown): Promise<RawDecision> {
    try {
      return await this.decide(entrypoint, input);
    } catch (error) {
      if (error instanceof EngineFault) throw publicFault('raw evaluation', error);
      if (error instanceof BundleRefused) {
        throw unavailable(`raw evaluation: ${error.message}`, error);
      }
      throw error;
    }
  }

  private async decide(entrypoint: string, input: unknown): Promise<RawDecision> {
    const digest = await this.options.activeDigest();
    if (digest === undefined) throw new EngineFault('no_bundle', 'no bundle is active');
    const opened = this.open(digest);
    const bundle = await opened.bundle;
    const { revision, modules } = bundle;
    if (!modules.has(entrypoint)) return { defined: false, revision };
    const inputDigest = digestOf(input);
    const evaluator = await this.evaluatorOf(opened, bundle, entrypoint);
    const result = this.timed(opened.breaker, () => evaluator.evaluate(input));
    return result === undefined
      ? { defined: false, revision, inputDigest }
      : { defined: true, result, revision, inputDigest };
  }

  private open(digest: string): Opened {
    if (this.opened?.digest === digest) return this.opened;
    const opened: Opened = {
      digest,
      bundle: this.options.open(digest),
      evaluators: new Map(),
      breaker: new EvaluationBreaker(this.options.breaker ?? DEFAULT_BREAKER),
    };
    this.opened = opened;
    // A failed load is dropped, so that the next caller retries; callers waiting now get the error.
    opened.bundle.catch(() => {
      if (this.opened === opened) this.opened = undefined;
    });
    return opened;
  }

  private evaluatorOf(
    { evaluators }: Opened,
    bundle: Bundle,
    entrypoint: string,
  ): Promise<RawEvaluator> {
    const known = evaluators.get(entrypoint);
    if (known !== undefined) return known;
    const made = createEvaluator(bundle, entrypoint);
    evaluators.set(entrypoint, made);
    made.catch(() => evaluators.delete(entrypoint));
    return made;
  }

  /** Applies a breaker: evaluation blocks the event loop, so a repeatedly slow entrypoint is paused. */
  private timed<T>(breaker: EvaluationBreaker, run: () => T): T {
    const { monotonicMs = () => performance.now() } = this.options;
    const startMs = monotonicMs();
    if (breaker.isOpen(startMs)) throw new EngineFault('breaker', 'raw evaluations are slow');
    try {
      return run();
    } finally {
      const nowMs = monotonicMs();
      breaker.record(nowMs, nowMs - startMs);
    }
  }
}

function digestOf(input: unknown): string {
  try {
    return `sha256:${createHash('sha256').update(canonicalJson(input)).digest('hex')}`;
  } catch (error) {
    if (!(error instanceof NotCanonical)) throw error;
    throw new CountersignError('invalid_request', `input cannot be evaluated: ${error.why}.`);
  }
}
