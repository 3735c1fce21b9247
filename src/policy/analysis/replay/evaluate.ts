import type { PolicyInput } from '../../../domain/policy.js';
import {
  outcomeView,
  type Clamped,
  type EvaluationReport,
} from '../../../domain/policy-analysis.js';
import type { Judge, ReplayVerdict } from './judge.js';

/** Evaluates one input with a bundle, and reports what the clamp removed. */
export async function evaluateOnce(judge: Judge, input: PolicyInput): Promise<EvaluationReport> {
  const judgement = await judge.judge(input);
  const { outcome, decision, evaluation, fault, inputDigest } = judgement;
  const clamped = clampedOf(judgement);
  return {
    bundle: { digest: judge.digest, revision: judge.revision },
    ...(inputDigest === undefined ? {} : { input_digest: inputDigest }),
    outcome: outcomeView(outcome),
    reasons: decision?.reasons ?? [],
    removed: decision?.removed ?? [],
    obligations: (decision?.obligations ?? []).map(({ id, type }) => `${type}: ${id}`),
    ...(fault === undefined ? {} : { fault }),
    ...(clamped === undefined ? {} : { clamped }),
    evaluation_micros: Math.round(evaluation?.evaluationMicros ?? 0),
  };
}

/** Returns the part of the result that the clamp removed; undefined when it removed nothing. */
function clampedOf({ decision, evaluation }: ReplayVerdict): Clamped | undefined {
  const grant = evaluation?.result.grant;
  if (decision === undefined || grant === undefined) return undefined;
  const scopes = grant.scopes.filter((scope) => !decision.scopes.includes(scope)).sort();
  const shorter = decision.ttlSeconds < grant.ttl_seconds;
  if (scopes.length === 0 && !shorter) return undefined;
  const ttl = { from: grant.ttl_seconds, to: decision.ttlSeconds };
  return { scopes, ...(shorter ? { ttl_seconds: ttl } : {}) };
}
