import type { AuditEvent } from '../../domain/audit.js';
import type { Clock } from '../../domain/clock.js';
import { newDecisionId } from '../../domain/ids.js';
import { shardOfAgent } from '../../domain/shard.js';
import type { AdminContext } from '../admin/context.js';
import type { DataEvaluator, RawResult } from './ports-data.js';

/** The answer to a query of OPA's Data API. */
export interface DataAnswer extends RawResult {
  /** Names the event; absent without an evaluation. */
  readonly decisionId?: string;
  /** Nanoseconds of a monotonic clock. */
  readonly evaluationNs: number;
}

export interface DataOperations {
  /** Throws `invalid_request`, `slow_down` and 503. */
  evaluate(entrypoint: string, input: unknown, context: AdminContext): Promise<DataAnswer>;
}

export interface EvaluateDataDeps {
  readonly evaluator: DataEvaluator;
  /** Appends to the control stream. */
  readonly record: (event: AuditEvent) => Promise<unknown>;
  readonly shards: number;
  readonly clock: Clock;
}

const EFFECTS: ReadonlySet<unknown> = new Set(['allow', 'narrow', 'review', 'deny']);

/**
 * Evaluates an input, unmodified, on the active bundle.
 * Nothing is clamped, issued or changed; recorded before it is answered.
 */
export function createDataOperations(deps: EvaluateDataDeps): DataOperations {
  return {
    async evaluate(entrypoint, input, context) {
      const started = process.hrtime.bigint();
      const raw = await deps.evaluator.evaluate(entrypoint, input, context);
      const evaluationNs = Number(process.hrtime.bigint() - started);
      if (raw.inputDigest === undefined) return { ...raw, evaluationNs };
      const decisionId = newDecisionId(
        shardOfAgent(context.principal.id, deps.shards),
        deps.clock.nowMs(),
      );
      await deps.record(eventOf(entrypoint, raw, decisionId, context));
      return { ...raw, decisionId, evaluationNs };
    },
  };
}

/** Returns the event, with the digest in place of the input, since the caller chooses its content. */
function eventOf(
  entrypoint: string,
  { defined, result, revision, inputDigest }: RawResult,
  decisionId: string,
  { principal, requestId }: AdminContext,
): AuditEvent {
  const effect = effectOf(result);
  return {
    type: 'policy.evaluated',
    request_id: requestId,
    principal,
    decision_id: decisionId,
    policy_revision: revision,
    ...(inputDigest === undefined ? {} : { input_digest: inputDigest }),
    ...(effect === undefined ? {} : { effect }),
    detail: { api: 'opa-data', entrypoint, defined },
  };
}

function effectOf(result: unknown): string | undefined {
  if (typeof result !== 'object' || result === null || !('effect' in result)) return undefined;
  return EFFECTS.has(result.effect) ? (result.effect as string) : undefined;
}
