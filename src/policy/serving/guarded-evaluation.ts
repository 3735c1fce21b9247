import type { Evaluation, PolicyInput } from '../../domain/policy.js';
import type { EncodedInput } from './encode.js';
import { ExhaustedRequests, isOwn } from './exhausted-requests.js';
import { EngineFault } from './fault.js';
import type { LoadedBundle } from './loaded-bundle.js';

/** Evaluates inputs, and refuses an input that is known to use up the fuel of a bundle. */
export class GuardedEvaluation {
  private readonly exhausted = new ExhaustedRequests();

  constructor(
    private readonly monotonicMs: () => number,
    private readonly refuseRepeats: boolean,
  ) {}

  /**
   * Evaluates an input with a bundle.
   * Throws EngineFault; `budget_repeat` when an equal request of this agent used up the fuel in the last minute.
   */
  evaluate(bundle: LoadedBundle, encoded: EncodedInput, input: PolicyInput): Evaluation {
    const nowMs = this.monotonicMs();
    if (this.refuseRepeats && this.exhausted.has(input, bundle.digest, nowMs)) {
      throw new EngineFault('budget_repeat', 'an equal request used up its fuel');
    }
    try {
      const evaluation = bundle.evaluate(encoded);
      bundle.exhaustion.count(nowMs);
      return evaluation;
    } catch (error) {
      if (error instanceof EngineFault && error.fault === 'budget') {
        this.exhausted.add(input, bundle.digest, nowMs);
        // The agent of a question by another caller did not choose it.
        if (isOwn(input)) bundle.exhaustion.countExhausted(input.agent.id, nowMs);
      }
      throw error;
    }
  }
}
