import type { Clock } from '../../domain/clock.js';
import { CountersignError } from '../../domain/errors.js';
import { DEFAULT_CLASS } from '../../domain/records.js';
import type { AgentStore } from '../../domain/registry-ports.js';
import type { SimulationOptions, SimulationReport } from '../../domain/simulation.js';
import { listAgents } from './agent-list.js';

/** The agents, period and thresholds to simulate. Times in milliseconds since the Unix epoch. */
export interface SimulateCommand {
  readonly sinceMs: number;
  readonly untilMs?: number;
  readonly warmUpMs: number;
  readonly stepUp: number;
  readonly quarantine: number;
  /** Restricts the simulation to agents currently of this class. */
  readonly agentClass?: string;
  readonly agentId?: string;
}

export interface SimulateDeps {
  readonly agents: AgentStore;
  readonly shards: number;
  readonly clock: Clock;
  /** Runs the simulation in a worker thread. `only`: these agents; all when absent. */
  readonly run: (
    options: SimulationOptions & { readonly only?: readonly string[] },
  ) => Promise<SimulationReport>;
}

const PAGE = 500;

/**
 * Replays recorded events through the anomaly model; returns the agents that the thresholds would stop.
 *
 * Read-only. Throws `invalid_request` when thresholds or times are out of order.
 */
export async function simulateSignals(
  deps: SimulateDeps,
  command: SimulateCommand,
): Promise<SimulationReport> {
  const { sinceMs, untilMs = deps.clock.nowMs(), warmUpMs, stepUp, quarantine } = command;
  if (stepUp > quarantine)
    throw invalid('step_up is above quarantine: no agent would be stepped up.');
  if (sinceMs > untilMs) throw invalid('since is after until.');
  const only = await onlyOf(deps, command);
  return deps.run({
    ...{ sinceMs, untilMs, warmUpMs, stepUp, quarantine },
    ...(only === undefined ? {} : { only }),
  });
}

async function onlyOf(
  { agents, shards }: SimulateDeps,
  { agentClass, agentId }: SimulateCommand,
): Promise<readonly string[] | undefined> {
  if (agentClass === undefined) return agentId === undefined ? undefined : [agentId];
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listAgents(agents, shards, { limit: PAGE, cursor });
    for (const { spec } of page.items) {
      const wanted = agentId === undefined || spec.id === agentId;
      if (wanted && (spec.class ?? DEFAULT_CLASS) === agentClass) ids.push(spec.id);
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return ids;
}

function invalid(detail: string): CountersignError {
  return new CountersignError('invalid_request', detail);
}
