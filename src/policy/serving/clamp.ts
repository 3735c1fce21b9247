import type { Decision, Evaluation, PolicyInput, Reason } from '../../domain/policy.js';
import { isScope, scopeCovers } from '../../domain/scope.js';

const EFFECTS: ReadonlySet<string> = new Set(['allow', 'narrow', 'review', 'deny']);

/**
 * Clamps an evaluation to the request (I3).
 * Scopes never exceed the requested ones. The lifetime never exceeds the grant, the request or any of `capsSeconds`. An
 * empty remaining grant or an unknown effect is a denial. Pure; never throws.
 */
export function clampDecision(
  evaluation: Evaluation,
  input: PolicyInput,
  capsSeconds: readonly number[],
): Decision {
  const { result } = evaluation;
  if (!EFFECTS.has(result.effect)) {
    return denied(evaluation, false, 'effect_unknown', 'The policy gave an unknown effect.');
  }
  if (result.effect === 'deny' || result.effect === 'review') {
    return {
      ...carried(evaluation),
      effect: result.effect,
      scopes: [],
      ttlSeconds: 0,
      clamped: false,
    };
  }
  const granted = [...new Set(result.grant?.scopes ?? [])];
  const scopes = granted.filter((scope) => isAsked(scope, input.request.scopes));
  const offered = result.grant?.ttl_seconds ?? 0;
  const ttlSeconds = Math.floor(Math.min(offered, input.request.ttl_seconds, ...capsSeconds));
  const clamped = scopes.length < granted.length || ttlSeconds < offered;
  if (scopes.length === 0 || !(ttlSeconds >= 1)) {
    return denied(evaluation, clamped, 'grant_empty', 'None of the requested scopes was granted.');
  }
  return {
    ...carried(evaluation),
    effect: result.effect,
    scopes: inOrderAsked(scopes, input.request.scopes),
    ttlSeconds,
    clamped,
  };
}

function isAsked(scope: string, asked: readonly string[]): boolean {
  // isScope: `read:*` would cover any text after the colon, even a space and another scope.
  return isScope(scope) && asked.some((wide) => scopeCovers(wide, scope));
}

/** Orders scopes as requested; scopes that match a wildcard follow, sorted. */
function inOrderAsked(scopes: readonly string[], asked: readonly string[]): readonly string[] {
  const given = new Set(scopes);
  const literal = [...new Set(asked)].filter((scope) => given.has(scope));
  return [...literal, ...scopes.filter((scope) => !asked.includes(scope)).sort()];
}

function carried(
  evaluation: Evaluation,
): Pick<
  Decision,
  | 'removed'
  | 'reasons'
  | 'obligations'
  | 'revision'
  | 'inputDigest'
  | 'inputText'
  | 'evaluationMicros'
> {
  const { result, revision, inputDigest, inputText, evaluationMicros } = evaluation;
  const { removed = [], reasons, obligations } = result;
  const made = { removed, reasons, obligations, revision, inputDigest, evaluationMicros };
  return inputText === undefined ? made : { ...made, inputText };
}

function denied(evaluation: Evaluation, clamped: boolean, code: string, message: string): Decision {
  const common = carried(evaluation);
  const reason: Reason = { rule: 'countersign.engine', code, message };
  return {
    ...common,
    effect: 'deny',
    scopes: [],
    ttlSeconds: 0,
    reasons: [...common.reasons, reason],
    clamped,
  };
}
