import type { Evaluation, PolicyResult } from '../../domain/policy.js';
import { EvaluationBreaker, type BreakerOptions } from './breaker.js';
import type { Bundle } from '../bundle/read.js';
import { ExhaustionWindow } from './exhaustion.js';
import { EngineFault } from './fault.js';
import { readResult } from './result.js';
import type { PolicyInstance } from '../wasm/instance.js';
import type { EncodedInput } from './encode.js';
import type { KnownAnswer } from './known-answer.js';

/** Counters of one bundle since it was loaded. */
export interface BundleCounts {
  evaluations: number;
  evaluationMicrosTotal: number;
  resultsRefused: number;
}

/** One loaded bundle with its instance, breaker and counters. */
export class LoadedBundle {
  readonly digest: string;
  readonly revision: string;
  readonly counts: BundleCounts = { evaluations: 0, evaluationMicrosTotal: 0, resultsRefused: 0 };
  readonly breaker: EvaluationBreaker;
  readonly exhaustion = new ExhaustionWindow();

  constructor(
    bundle: Pick<Bundle, 'digest' | 'revision'>,
    readonly instance: PolicyInstance,
    readonly knownAnswer: KnownAnswer,
    /** Reasons that would refuse it if it arrived now; it keeps serving. */
    readonly refusals: readonly string[],
    breaker: BreakerOptions,
    private readonly monotonicMs: () => number,
  ) {
    this.digest = bundle.digest;
    this.revision = bundle.revision;
    this.breaker = new EvaluationBreaker(breaker);
  }

  get breakerOpen(): boolean {
    return this.breaker.isOpen(this.monotonicMs());
  }

  /** Evaluates an encoded input. Throws EngineFault. */
  evaluate({ text: inputText, bytes, digest: inputDigest }: EncodedInput): Evaluation {
    if (this.breakerOpen) {
      throw new EngineFault('breaker', 'evaluations of this bundle are slow');
    }
    this.knownAnswer.require();
    const startMs = this.monotonicMs();
    let text: string | undefined;
    let tookMs: number;
    let fuelUsed: number;
    try {
      text = this.instance.evaluate(bytes);
      // Before the check below, which evaluates too.
      fuelUsed = this.instance.fuelUsed;
    } finally {
      tookMs = this.monotonicMs() - startMs;
      this.counts.evaluations += 1;
      this.counts.evaluationMicrosTotal += tookMs * 1000;
      this.knownAnswer.checkIfReplaced();
      // Includes the rebuild and its check, which block other requests as much. A cheap fault of one agent counts only
      // its cost, so the agent cannot stop the others.
      const nowMs = this.monotonicMs();
      this.breaker.record(nowMs, nowMs - startMs);
    }
    const { revision } = this;
    const evaluationMicros = tookMs * 1000;
    const facts = { revision, inputDigest, inputText, evaluationMicros, fuelUsed };
    return { result: this.read(text), ...facts };
  }

  /** Denies a result outside the contract, or with a member that is not enforced yet (I4). */
  private read(text: string | undefined): PolicyResult {
    const checked = readResult(text);
    if (!checked.ok) {
      this.counts.resultsRefused += 1;
      return denial('policy_result_invalid', 'The policy gave no valid decision.');
    }
    const { grant } = checked.value;
    if (grant?.authorization_details !== undefined || grant?.max_uses !== undefined) {
      this.counts.resultsRefused += 1;
      return denial(
        'result_member_not_enforced',
        'The decision uses a member that is not enforced yet.',
      );
    }
    return checked.value;
  }
}

function denial(code: string, message: string): PolicyResult {
  return {
    effect: 'deny',
    reasons: [{ rule: 'countersign.engine', code, message }],
    obligations: [],
  };
}
