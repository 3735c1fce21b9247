import { buildInstance, type InstanceLimits } from '../serving/make-instance.js';
import { RESULT_LIMITS } from '../serving/result.js';
import type { Bundle } from '../bundle/read.js';
import { hostBuiltins } from '../builtins/index.js';
import type { Effect, PolicyResult } from '../../domain/policy.js';
import { EngineFault } from '../serving/fault.js';
import { canonicalJson, NotCanonical } from '../json/canonical.js';
import { readResult } from '../serving/result.js';
import type { PolicyInstance } from '../wasm/instance.js';
import type { Whereabouts } from './whereabouts.js';

/** Decision of the candidate on a document, before the service's clamp. */
export interface Verdict {
  /** Absent when `problem` is set. */
  readonly result?: PolicyResult;
  readonly effect: Effect;
  /** Scopes granted immediately; empty for any effect but `allow` and `narrow`. */
  readonly scopes: readonly string[];
  readonly ttlSeconds: number;
  /** Reason for a missing decision: a fault or an invalid result. The service then denies or answers 503. */
  readonly problem?: string;
}

/** The policy under trial, evaluated as in the engine. */
export class Candidate {
  private constructor(
    readonly bundle: Bundle,
    readonly entrypoint: string,
    readonly limits: InstanceLimits,
    readonly instance: PolicyInstance,
    private readonly where: Whereabouts,
    private readonly verdicts = new WeakMap<object, Verdict>(),
  ) {}

  /** Opens a policy. Throws BundleRefused. */
  static async open(
    bundle: Bundle,
    entrypoint: string,
    limits: InstanceLimits,
    where: Whereabouts,
  ): Promise<Candidate> {
    const instance = await buildInstance(
      bundle,
      entrypoint,
      hostBuiltins,
      limits,
      RESULT_LIMITS.bytes,
    );
    return new Candidate(bundle, entrypoint, limits, instance, where);
  }

  /**
   * Returns the policy in a separate instance, as cold as after a heap reset.
   * `fuel` is the budget of its evaluations, in units; by default that of serving. Throws EngineFault.
   */
  fresh(fuel?: number): Candidate {
    const { bundle, entrypoint, limits, instance, where } = this;
    return new Candidate(bundle, entrypoint, limits, instance.another(fuel), where);
  }

  /**
   * Decides any document as an input like the service; an input that it would refuse is denied.
   * Never throws.
   */
  decide(document: object): Verdict {
    const known = this.verdicts.get(document);
    if (known !== undefined) return known;
    const verdict = this.decideAnew(document);
    this.verdicts.set(document, verdict);
    return verdict;
  }

  /** Evaluates bytes unchanged. Never throws. */
  decideBytes(input: Uint8Array): Verdict {
    this.where.evaluating(input);
    try {
      return verdictOf(this.instance.evaluate(input));
    } catch (error) {
      if (!(error instanceof EngineFault)) throw error;
      return without(`${error.fault}: ${error.message}`);
    } finally {
      this.where.evaluated();
    }
  }

  private decideAnew(document: object): Verdict {
    let text: string;
    try {
      text = canonicalJson(document);
    } catch (error) {
      if (error instanceof NotCanonical) return without(`the input is refused: ${error.message}`);
      throw error;
    }
    return this.decideBytes(Buffer.from(text));
  }
}

function verdictOf(text: string | undefined): Verdict {
  const checked = readResult(text);
  if (!checked.ok) {
    const [first] = checked.problems;
    return without(`no valid decision, ${first?.pointer ?? ''}: ${first?.message ?? ''}`);
  }
  const result = checked.value;
  const { effect, grant } = result;
  if (grant?.authorization_details !== undefined || grant?.max_uses !== undefined) {
    return without('the decision has authorization_details or max_uses, which are not enforced');
  }
  const grants = effect === 'allow' || effect === 'narrow';
  return grants && grant !== undefined
    ? { result, effect, scopes: grant.scopes, ttlSeconds: grant.ttl_seconds }
    : { result, effect, scopes: [], ttlSeconds: 0 };
}

function without(problem: string): Verdict {
  return { effect: 'deny', scopes: [], ttlSeconds: 0, problem };
}
