import { CountersignError } from '../../domain/errors.js';
import type { PolicyInput } from '../../domain/policy.js';
import type { EvaluationReport } from '../../domain/policy-analysis.js';
import type { PolicyStore } from '../../domain/policy-lifecycle.js';
import type { EvaluateCommand } from './analysis.js';
import { archiveOf } from './replay.js';
import { resolveBundle } from './resolve.js';

export interface EvaluateDeps {
  readonly store: PolicyStore;
  /** Throws CountersignError `conflict` when the bundle is refused or takes too long. */
  readonly run: (archive: Uint8Array, input: PolicyInput) => Promise<EvaluationReport>;
}

/**
 * Evaluates one input with the active bundle, or another stored one.
 * The input is not validated: a policy author wants to see how an unfitting one is denied. Throws `invalid_request`
 * when it is no object.
 */
export async function evaluateInput(
  { store, run }: EvaluateDeps,
  { ref, input }: EvaluateCommand,
): Promise<EvaluationReport> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new CountersignError('invalid_request', 'The input must be an object.');
  }
  const digest =
    ref === undefined ? await activeOf(store) : (await resolveBundle(store, ref)).digest;
  return run(await archiveOf(store, digest), requestIn(input));
}

/** Returns the digest of the active bundle. Throws `not_found` before the first activation. */
export async function activeOf(store: Pick<PolicyStore, 'document'>): Promise<string> {
  const document = await store.document();
  if (document !== undefined) return document.active.digest;
  throw new CountersignError('not_found', 'No bundle is active.');
}

/** Requires the members that the clamp reads; the policy judges the rest. */
function requestIn(input: object): PolicyInput {
  const { request, resource } = input as Partial<Record<keyof PolicyInput, unknown>>;
  const { scopes, ttl_seconds: ttl } = (request ?? {}) as Record<string, unknown>;
  const fits =
    Array.isArray(scopes) &&
    typeof ttl === 'number' &&
    typeof resource === 'object' &&
    resource !== null;
  if (fits) return input as PolicyInput;
  throw new CountersignError(
    'invalid_request',
    'The input needs request.scopes, request.ttl_seconds and resource.',
  );
}
