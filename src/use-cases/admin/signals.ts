import type { Clock } from '../../domain/clock.js';
import { CountersignError } from '../../domain/errors.js';
import { DEFAULT_CLASS, type AgentRecord } from '../../domain/records.js';
import type { AgentStore } from '../../domain/registry-ports.js';
import type { SignalHistory, SignalReader, SignalSeries } from '../../domain/signal-ports.js';
import { sentenceOf, type SignalProfile, type SignalTerm } from '../../domain/signals.js';
import type { AdminContext } from './context.js';
import { notFound } from './agent-change.js';

const DAY_MS = 86_400_000;

/** What is known of one agent's behaviour, for people. Members are wire names. */
export interface AgentSignals {
  readonly agent_id: string;
  readonly class: string;
  readonly status: AgentRecord['status'];
  readonly now_ms: number;
  readonly profile: Omit<SignalProfile, 'terms'> & {
    readonly terms: readonly (SignalTerm & { readonly sentence: string })[];
  };
  /** What the agent did. Decisions of the last seconds may be missing: the worker moves them to the store. */
  readonly series?: SignalSeries;
  /** Why there is no series. */
  readonly series_missing?: string;
}

/** The whole state of one agent, as it is kept. */
export interface SignalExport {
  readonly agent_id: string;
  readonly exported_at_ms: number;
  /** Null when nothing is kept. */
  readonly state: Readonly<Record<string, unknown>> | null;
}

/** Every method throws `not_found` for an agent that does not exist or was deleted. */
export interface SignalOperations {
  /** `sinceMs` undefined: seven days. Throws `invalid_request` when it is in the future. */
  show(agentId: string, sinceMs: number | undefined): Promise<AgentSignals>;
  /** Forgets what was learned: the agent is new again. Its budgets and its status stay. */
  reset(agentId: string, reason: string, context: AdminContext): Promise<void>;
  export(agentId: string): Promise<SignalExport>;
}

export interface SignalOperationsDeps {
  readonly agents: Pick<AgentStore, 'read'>;
  readonly reader: SignalReader;
  readonly history: SignalHistory;
  readonly clock: Clock;
}

/** Looking at what is kept of an agent, and forgetting it. */
export function createSignalOperations(deps: SignalOperationsDeps): SignalOperations {
  return {
    show: (agentId, sinceMs) => show(deps, agentId, sinceMs),
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
    deps.history.series(agentId, sinceMs ?? nowMs - 7 * DAY_MS, nowMs),
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
  const agent = await agents.read(id);
  if (agent === undefined || agent.status === 'deleted') throw notFound();
  return agent;
}

const NOTHING: readonly number[] = Array.from({ length: 24 }, () => 0);
/** Of an agent nothing is kept of: it learns, and nothing is expected of it. */
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
