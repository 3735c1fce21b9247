import type { PolicyInput, Removal } from '../../../domain/policy.js';
import {
  outcomeView,
  type Explanation,
  type OutcomeView,
  type RuleNote,
  type ScopeVerdict,
} from '../../../domain/policy-analysis.js';
import type { Outcome, RecordedDecision } from '../../../domain/policy-lifecycle.js';
import type { Bundle } from '../../bundle/read.js';
import { evaluateOnce } from '../replay/evaluate.js';
import type { Judge } from '../replay/judge.js';
import { holdsRedaction } from '../replay/redaction.js';
import type { StandIns } from '../replay/stand-ins.js';
import { ruleNotes } from './notes.js';

/** The bundle that made a decision, ready to evaluate it again. */
export interface Decider {
  readonly bundle: Bundle;
  readonly judge: Judge;
  readonly standIns: StandIns;
}

/**
 * Explains a recorded decision: the rules involved and the result for each scope.
 * With the stored input and bundle, it also compares a new evaluation with the record. Without the bundle, only the
 * record is explained.
 */
export async function explainDecision(
  decision: RecordedDecision,
  decider: Decider | undefined,
): Promise<Explanation> {
  const { outcome, rules, removed } = decision;
  const notes =
    decider === undefined ? new Map<string, RuleNote>() : ruleNotes(decider.bundle.sources);
  const spoke = [...new Set([...rules, ...removed.map(({ rule }) => rule)])];
  const common = {
    decision_id: decision.decision_id,
    time_ms: decision.time_ms,
    agent_id: decision.agent_id,
    resource: decision.resource,
    revision: decision.revision,
    recorded: { outcome: outcomeView(outcome), rules, removed },
    rules: spoke.map((rule) => notes.get(rule) ?? { rule }),
    scopes: verdicts(decision),
  };
  const { input, input_masked: masked = [] } = decision;
  if (input === undefined) {
    return { ...common, why_not_evaluated: decision.why_not ?? 'not_recorded' };
  }
  if (decider === undefined) return { ...common, why_not_evaluated: 'bundle_not_stored' };
  const stood = decider.standIns.forInput(input, masked);
  const evaluation = await evaluateOnce(decider.judge, stood.inputs[0] ?? input);
  const differences = [
    ...outcomeDifferences(outcome, evaluation.outcome),
    ...(stood.unknown.length > 0
      ? [`input: masked at ${stood.unknown.join(', ')}, so stand-ins were evaluated`]
      : inputDifferences(decision, input, evaluation.input_digest)),
  ];
  return { ...common, evaluation, reproduced: differences.length === 0, differences };
}

function verdicts({ input, outcome, removed, rules }: RecordedDecision): ScopeVerdict[] {
  const asked = input?.request.scopes ?? [...outcome.scopes, ...removed.map(({ scope }) => scope)];
  return [...new Set(asked)].map((scope) => verdictOn(scope, outcome, removed, rules));
}

function verdictOn(
  scope: string,
  outcome: Outcome,
  removed: readonly Removal[],
  rules: readonly string[],
): ScopeVerdict {
  if (outcome.scopes.includes(scope)) return { scope, verdict: 'granted' };
  const cut = removed.find((removal) => removal.scope === scope);
  if (cut !== undefined) return { scope, verdict: 'cut', rule: cut.rule, reason: cut.reason };
  const [rule] = rules;
  const verdict = outcome.effect === 'review' ? 'waits' : 'denied';
  return { scope, verdict, ...(rule === undefined ? {} : { rule }) };
}

function inputDifferences(
  { input_digest: recorded }: RecordedDecision,
  input: PolicyInput,
  now: string | undefined,
): readonly string[] {
  const differences = differs('input_digest', recorded, now);
  if (differences.length === 0 || !holdsRedaction(input)) return differences;
  return ['input: a credential was removed, so the input without it was evaluated'];
}

function outcomeDifferences(recorded: Outcome, now: OutcomeView | 'error'): readonly string[] {
  if (now === 'error') return ['outcome: the new evaluation ended in a fault'];
  return [
    ...differs('effect', recorded.effect, now.effect),
    ...differs('scopes', recorded.scopes, now.scopes),
    ...differs('ttl_seconds', recorded.ttlSeconds, now.ttl_seconds),
  ];
}

function differs(what: string, recorded: unknown, now: unknown): readonly string[] {
  const before = JSON.stringify(recorded);
  const after = now === undefined ? 'none' : JSON.stringify(now);
  return before === after ? [] : [`${what}: recorded ${before}, now ${after}`];
}
