import type { BudgetName } from '../domain/budget.js';
import type { HttpObservation } from '../domain/http-observation.js';
import type { Effect } from '../domain/policy.js';
import type { IntrospectionVerdict } from '../domain/ports.js';
import type { RevocationDimension } from '../domain/revocation.js';
import type { Stage } from '../use-cases/ports.js';
import { asGiven, boundedLabel, type Instruments } from './instruments.js';

/** The exported part of an observation. */
type RequestDuration = Omit<HttpObservation, 'requestId' | 'source' | 'error'>;

const REQUEST_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
export const STAGE_BUCKETS = [
  ...[0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1],
];

/** OPA's names of the routes that it also has, in its metrics. */
const OPA_HANDLERS: Readonly<Record<string, string>> = { getStatus: 'v1/status' };
const METHODS = new Set(['get', 'head', 'post', 'put', 'patch', 'delete', 'options']);

/** Returns the method in lower case, as in OPA; bounded, since a caller may send any text. */
function methodOf(method: string): string {
  const known = method.toLowerCase();
  return METHODS.has(known) ? known : 'other';
}

/** Declares the metrics of requests. */
export function requestMetrics(metric: Instruments) {
  const route = boundedLabel();
  // OPA's labels, plus the listener.
  const http = metric.labelledHistogram<Record<'code' | 'handler' | 'method' | 'listener', string>>(
    'http_request_duration_seconds',
    'Time from the headers of a request to the end of its answer.',
    {
      code: asGiven,
      handler: (name) => OPA_HANDLERS[name] ?? route(name),
      method: methodOf,
      listener: asGiven,
    },
    REQUEST_BUCKETS,
  );
  return {
    httpRequest: ({ listener, route: handler, method, status, durationMs }: RequestDuration) => {
      http.observe({ code: String(status), handler, method, listener }, durationMs / 1000);
    },
    stage: metric.labelledHistogram<{ stage: Stage }>(
      'countersign_stage_duration_seconds',
      'Duration of one stage of a token request.',
      { stage: asGiven },
      STAGE_BUCKETS,
    ),
  };
}

/** Declares the metrics of the outcomes of requests. */
export function outcomeMetrics(metric: Instruments) {
  return {
    decisions: metric.labelledCounter<{ effect: Effect | 'rate_limited' }>(
      'countersign_decisions_total',
      'Decisions by effect.',
      { effect: asGiven },
    ),
    rateLimited: metric.labelledCounter<{ bucket: BudgetName | 'evaluation' }>(
      'countersign_rate_limited_total',
      'Requests refused, by exhausted budget.',
      { bucket: asGiven },
    ),
    /** `code` is an error code: `invalid_client`, `temporarily_unavailable`, … */
    refusals: metric.labelledCounter<{ code: string }>(
      'countersign_refusals_total',
      'Answers by error code.',
      { code: boundedLabel() },
    ),
    introspections: metric.labelledCounter<{
      verdict: IntrospectionVerdict['why'] | 'not_ours' | 'audience';
    }>(
      'countersign_introspections_total',
      'Introspections by verdict; the answer never gives the reason.',
      { verdict: asGiven },
    ),
    revocations: metric.labelledCounter<{ by: RevocationDimension }>(
      'countersign_revocations_total',
      'Revocations by dimension.',
      { by: asGiven },
    ),
  };
}
