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
 * One input through the active bundle, or another stored one. The input is taken as it is: what does not fit the
 * schema is what a policy author wants to see denied. Throws `invalid_request` when it is no object.
 */
export async function evaluateInput(
  { store, run }: EvaluateDeps,
  { ref, input }: EvaluateCommand,
): Promise<EvaluationReport> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new CountersignError('invalid_request', 'The input is an object.');
  }
  const digest =
    ref === undefined ? await activeOf(store) : (await resolveBundle(store, ref)).digest;
  return run(await archiveOf(store, digest), requestIn(input));
}

/** Throws `not_found` before the first activation. */
export async function activeOf(store: Pick<PolicyStore, 'document'>): Promise<string> {
  const document = await store.document();
  if (document !== undefined) return document.active.digest;
  throw new CountersignError('not_found', 'No bundle is active.');
}

/** What the clamp reads must be there; the rest is for the policy to judge. */
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
