import type { Clock } from '../../domain/clock.js';
import type { GrantProposal, TightenReport } from '../../domain/policy-analysis.js';
import type { PolicyStore } from '../../domain/policy-lifecycle.js';
import type { AgentGrant, AgentRecord } from '../../domain/records.js';
import type { TightenCommand } from './analysis.js';
import { activeOf } from './evaluate.js';
import { archiveOf } from './replay.js';

/** The input of the analysis, which runs in a separate thread. */
export interface TightenRequest {
  readonly bundle: Uint8Array;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly agentId?: string;
}

export interface TightenDeps {
  readonly store: PolicyStore;
  readonly clock: Clock;
  readonly agents: { find(id: string): Promise<AgentRecord | undefined> };
  readonly run: (request: TightenRequest) => Promise<TightenReport>;
}

/**
 * Proposes the grants that the recorded use needs.
 * The record has an agent's grants at its last request; a proposal for an agent with changed grants is left out and
 * listed.
 */
export async function tightenGrants(
  deps: TightenDeps,
  { sinceMs, agentId }: TightenCommand,
): Promise<TightenReport> {
  const bundle = await archiveOf(deps.store, await activeOf(deps.store));
  const report = await deps.run({
    bundle,
    sinceMs,
    untilMs: deps.clock.nowMs(),
    ...(agentId === undefined ? {} : { agentId }),
  });
  const proposals: GrantProposal[] = [];
  const stale: string[] = [];
  for (const proposal of report.proposals) {
    // The thread already has the policy's data: only an agent's grants can have changed.
    if (proposal.of === 'role' || (await isCurrent(deps, proposal))) proposals.push(proposal);
    else stale.push(proposal.id);
  }
  if (stale.length === 0) return report;
  const note = `Changed or deleted since the last request, so nothing is proposed: ${stale.join(', ')}`;
  return { ...report, proposals, notes: [...report.notes, note] };
}

async function isCurrent({ agents }: TightenDeps, { id, before }: GrantProposal): Promise<boolean> {
  const agent = await agents.find(id);
  if (agent === undefined || agent.status === 'deleted') return false;
  return spelt(agent.spec.grants ?? []) === spelt(before);
}

/** Returns a canonical text of grants: one side has been through the canonical form. */
function spelt(grants: readonly AgentGrant[]): string {
  return JSON.stringify(
    grants.map(({ resource, scopes, max_ttl_seconds: cap }) => [resource, scopes, cap ?? null]),
  );
}
