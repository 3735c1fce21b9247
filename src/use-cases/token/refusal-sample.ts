import type { AuditEvent } from '../../domain/audit.js';
import type { Clock } from '../../domain/clock.js';
import { CountersignError } from '../../domain/errors.js';
import type { AgentDirectory, DecisionRecorder } from '../../domain/ports.js';
import type { ClientCredential, RequestContext } from '../../domain/request.js';

export interface RefusalSampleDeps {
  readonly agents: AgentDirectory;
  readonly recorder: DecisionRecorder;
  readonly clock: Clock;
}

const WINDOW_MS = 60_000;
/**
 * Maximum number of clients; beyond it the oldest is evicted, and may be sampled again within its
 * minute.
 */
const MAX_CLIENTS = 10_000;
/** The shape of registrable ids; others are never stored, whatever their number and length. */
const CLIENT_ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const SAMPLED: ReadonlySet<string> = new Set(['invalid_client', 'invalid_target', 'invalid_scope']);

/**
 * Records one refused request of a registered agent per minute: enough to be visible, too few to fill
 * a stream. Unknown clients are counted in metrics only.
 */
export function createRefusalSampler(deps: RefusalSampleDeps) {
  const sampledAtMs = new Map<string, number>();
  return async (
    error: unknown,
    credential: ClientCredential,
    context: RequestContext,
  ): Promise<void> => {
    if (!(error instanceof CountersignError) || !SAMPLED.has(error.code)) return;
    const { clientId } = credential;
    if (clientId === undefined || !CLIENT_ID.test(clientId)) return;
    const nowMs = deps.clock.nowMs();
    if (nowMs - (sampledAtMs.get(clientId) ?? -WINDOW_MS) < WINDOW_MS) return;
    sampledAtMs.delete(clientId);
    sampledAtMs.set(clientId, nowMs);
    if (sampledAtMs.size > MAX_CLIENTS) sampledAtMs.delete(sampledAtMs.keys().next().value ?? '');
    const agent = await deps.agents.find(clientId).catch(() => undefined);
    if (agent === undefined || agent.status === 'deleted') return;
    // The answer is an error in any case; a failed sample changes nothing.
    await deps.recorder
      .record(clientId, refusedEvent(error, credential, context), 'none')
      .catch(() => undefined);
  };
}

function refusedEvent(
  error: CountersignError,
  credential: ClientCredential,
  { requestId }: RequestContext,
): AuditEvent {
  return {
    type: 'access.refused',
    request_id: requestId,
    principal: { kind: 'system', id: 'refusal-sampler' },
    ...(credential.clientId === undefined ? {} : { agent_id: credential.clientId }),
    codes: [error.code],
    authentication: credential.method,
  };
}
