import { createHash } from 'node:crypto';
import { CountersignError } from '../../../domain/errors.js';
import { applyObligations } from '../../../domain/obligations.js';
import type { Decision, Evaluation, PolicyInput } from '../../../domain/policy.js';
import type { FuelUse } from '../../../domain/policy-lifecycle.js';
import type { Bundle } from '../../bundle/read.js';
import { clampDecision } from '../../serving/clamp.js';
import { createPolicyEngine, type PolicyEngineOptions } from '../../serving/engine.js';
import { EngineFault } from '../../serving/fault.js';
import { DEFAULT_INSTANCE_LIMITS } from '../../serving/make-instance.js';
import { EVALUATION_FUEL, METER_VERSION } from '../../wasm/fuel/cost.js';
import { canonicalJson, NotCanonical } from '../../json/canonical.js';
import type { Outcomes } from '../../serving/compare.js';

/** Decision of a bundle on an input, after the service's clamp. */
export interface ReplayVerdict {
  readonly outcome: Outcomes;
  /** Absent when the evaluation ended in a fault. */
  readonly decision?: Decision;
  readonly evaluation?: Evaluation;
  readonly fault?: string;
  /** Digest of the canonical input; undefined when it has no canonical form. */
  readonly inputDigest: string | undefined;
}

/** Decides like the service, without recording or issuing. */
export interface Judge {
  readonly revision: string;
  readonly digest: string;
  judge(input: PolicyInput): Promise<ReplayVerdict>;
  /** Returns the highest fuel of the inputs so far. */
  fuel(): FuelUse;
}

/**
 * Creates a judge over a bundle.
 * Its breaker never opens, since no request waits. Throws BundleRefused.
 */
export async function createJudge(
  bundle: Bundle,
  options: PolicyEngineOptions = {},
): Promise<Judge> {
  // Each recorded input is judged by itself: another with an equal request may not hide it.
  const engine = createPolicyEngine({ ...options, breaker: NEVER, refuseRepeats: false });
  await engine.activate(bundle);
  const { revision, digest } = bundle;
  let highest = 0;
  return {
    revision,
    digest,
    fuel: () => ({ meter: METER_VERSION, budget: EVALUATION_FUEL, highest }),
    judge: async (input) => {
      let evaluation: Evaluation;
      try {
        evaluation = await engine.decide(input);
        highest = Math.max(highest, evaluation.fuelUsed ?? 0);
      } catch (error) {
        const fault = faultOf(error);
        if (fault === 'budget') highest = EVALUATION_FUEL;
        return { outcome: 'error', fault, inputDigest: digestOf(input) };
      }
      const { decision } = applyObligations(clampDecision(evaluation, input, capsOf(input)));
      const { effect, scopes, ttlSeconds } = decision;
      return {
        outcome: { effect, scopes, ttlSeconds },
        decision,
        evaluation,
        inputDigest: evaluation.inputDigest,
      };
    },
  };
}

/**
 * Creates a judge that counts fuel as on fresh instances: an input that runs out on one is a fault.
 * A fresh instance for each input would cost several times as much, so the heap is reset before each. Throws
 * BundleRefused.
 */
export function createColdJudge(bundle: Bundle, options: PolicyEngineOptions = {}): Promise<Judge> {
  const limits = { ...DEFAULT_INSTANCE_LIMITS, ...options.limits, asFresh: true };
  return createJudge(bundle, { ...options, limits });
}

const NEVER = { maxMs: Number.POSITIVE_INFINITY, tripAfter: 1, coolDownMs: 0 };

/**
 * Returns the caps at the time of the decision.
 * The input holds the requested lifetime after the service's maximum was applied, so the current configuration does not
 * affect an old decision.
 */
function capsOf({ request, resource }: PolicyInput): readonly number[] {
  const { max_ttl_seconds: cap } = resource;
  return cap === undefined ? [request.ttl_seconds] : [request.ttl_seconds, cap];
}

function faultOf(error: unknown): string {
  const cause = error instanceof CountersignError ? error.cause : error;
  return cause instanceof EngineFault ? cause.fault : 'unknown';
}

/** Returns the digest of an input; undefined when it has no canonical form. */
export function digestOf(input: PolicyInput): string | undefined {
  try {
    return `sha256:${createHash('sha256').update(canonicalJson(input)).digest('hex')}`;
  } catch (error) {
    if (error instanceof NotCanonical) return undefined;
    throw error;
  }
}
