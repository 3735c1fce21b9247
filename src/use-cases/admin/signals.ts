import type { Clock } from '../../domain/clock.js';
import { CountersignError } from '../../domain/errors.js';
import { DEFAULT_CLASS, type AgentRecord } from '../../domain/records.js';
import type { AgentStore } from '../../domain/registry-ports.js';
import type { SignalHistory, SignalReader, SignalSeries } from '../../domain/signal-ports.js';
import { sentenceOf, type SignalProfile, type SignalTerm } from '../../domain/signals.js';
import type { Principal } from '../../domain/revocation.js';
import type { AdminContext } from './context.js';
import { readAgent } from './agent-change.js';

const DAY_MS = 86_400_000;

/** A human-readable view of one agent's signals. Members are wire names. */
export interface AgentSignals {
  readonly agent_id: string;
  readonly class: string;
  readonly status: AgentRecord['status'];
  readonly now_ms: number;
  readonly profile: Omit<SignalProfile, 'terms'> & {
    readonly terms: readonly (SignalTerm & { readonly sentence: string })[];
  };
  /** Decisions over time. The last seconds may be missing until the worker stores them. */
  readonly series?: SignalSeries;
  /** Reason why there is no series. */
  readonly series_missing?: string;
}

/** The whole stored signal state of one agent. */
export interface SignalExport {
  readonly agent_id: string;
  readonly exported_at_ms: number;
  /** Null when there is no state. */
  readonly state: Readonly<Record<string, unknown>> | null;
}

/** The signal operations. Methods throw `not_found` for an unknown or deleted agent. */
export interface SignalOperations {
  /** Returns the signals since `sinceMs` (default: 7 days). Throws `invalid_request` if in the future. */
  show(
    agentId: string,
    sinceMs: number | undefined,
    context: Pick<AdminContext, 'principal'>,
  ): Promise<AgentSignals>;
  /** Resets the learned profile to that of a new agent; budgets and status stay. */
  reset(agentId: string, reason: string, context: AdminContext): Promise<void>;
  export(agentId: string): Promise<SignalExport>;
}

export interface SignalOperationsDeps {
  readonly agents: Pick<AgentStore, 'read'>;
  readonly reader: SignalReader;
  /** Returns the history for a principal, whose reads take turns with those of others. */
  readonly historyFor: (principal: Principal) => SignalHistory;
  readonly clock: Clock;
}

/** Creates the operations that show, export and reset an agent's signal state. */
export function createSignalOperations(deps: SignalOperationsDeps): SignalOperations {
  return {
    show: (agentId, sinceMs, { principal }) =>
      show(deps, deps.historyFor(principal), agentId, sinceMs),
    async reset(agentId, reason, { requestId, principal }) {
      await existing(deps, agentId);
      await deps.reader.reset(agentId, {
        type: 'signals.reset',
        request_id: requestId,
        principal,
        agent_id: agentId,
        detail: { reason },
      });
    },
    async export(agentId) {
      await existing(deps, agentId);
      const state = (await deps.reader.export(agentId)) ?? null;
      return { agent_id: agentId, exported_at_ms: deps.clock.nowMs(), state };
    },
  };
}

async function show(
  deps: SignalOperationsDeps,
  history: SignalHistory,
  agentId: string,
  sinceMs: number | undefined,
): Promise<AgentSignals> {
  const nowMs = deps.clock.nowMs();
  if (sinceMs !== undefined && sinceMs > nowMs) {
    throw new CountersignError('invalid_request', 'since is in the future.');
  }
  const { spec, status } = await existing(deps, agentId);
  const [profile = EMPTY, series] = await Promise.all([
    deps.reader.read(agentId),
    history.series(agentId, sinceMs ?? nowMs - 7 * DAY_MS, nowMs),
  ]);
  return {
    agent_id: spec.id,
    class: spec.class ?? DEFAULT_CLASS,
    status,
    now_ms: nowMs,
    profile: {
      ...profile,
      terms: profile.terms.map((term) => ({ ...term, sentence: sentenceOf(term) })),
    },
    ...(typeof series === 'string' ? { series_missing: series } : { series }),
  };
}

async function existing({ agents }: SignalOperationsDeps, id: string): Promise<AgentRecord> {
  return readAgent(agents, id);
}

const NOTHING: readonly number[] = Array.from({ length: 24 }, () => 0);
/** The profile of an agent without state: learning, without expectations. */
const EMPTY: SignalProfile = {
  version: 0,
  learning: true,
  events: 0,
  anomaly: 0,
  terms: [],
  profile: { weekday: NOTHING, weekend: NOTHING },
  learned: { requests_10m: 0, dispersion: 1, denial_share: 0, novelty_share: 0 },
  state_bytes: 0,
};
