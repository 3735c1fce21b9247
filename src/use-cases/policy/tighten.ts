import type { Clock } from '../../domain/clock.js';
import type { GrantProposal, TightenReport } from '../../domain/policy-analysis.js';
import type { PolicyStore } from '../../domain/policy-lifecycle.js';
import type { AgentGrant, AgentRecord } from '../../domain/records.js';
import type { TightenCommand } from './analysis.js';
import { activeOf } from './evaluate.js';
import { archiveOf } from './replay.js';

/** What runs it, in a thread of its own. */
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
 * Proposes the grants that what was used needs. The record says what an agent held when it asked last; a proposal
 * for one whose grants were changed since is left out, and said.
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
    // The data of the policy is what the thread was given: only an agent's grants can have moved.
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

/** One spelling, whatever the order of the members: one side has been through the canonical form. */
function spelt(grants: readonly AgentGrant[]): string {
  return JSON.stringify(
    grants.map(({ resource, scopes, max_ttl_seconds: cap }) => [resource, scopes, cap ?? null]),
  );
}
