import type { PolicyInput } from '../../../domain/policy.js';
import type { ScopeUse } from '../../../domain/policy-analysis.js';
import type { RecordedDecision } from '../../../domain/policy-lifecycle.js';

/** Maximum number of scopes listed per agent and resource; ids in scopes can make any number of them. */
const MAX_SCOPES_EACH = 200;
const MAX_PAIRS = 10_000;

interface Counted {
  granted: number;
  used: number;
  lastUsedMs: number | undefined;
  /** The newest input that requested it. */
  input: PolicyInput | undefined;
}

/** Recorded grants of agents, and their use. */
export class Usage {
  tokens = 0;
  /** Pairs of agent and resource that were omitted, or had too many scopes to list. */
  readonly incomplete = new Set<string>();
  private readonly pairs = new Map<string, Map<string, Counted>>();
  private readonly agents = new Map<string, PolicyInput['agent']>();

  /** Adds a decision. Decisions come newest first, so the first input of an agent is the newest. */
  add(decision: RecordedDecision): void {
    const { agent_id: agent, resource, outcome, input, use } = decision;
    if (input !== undefined && !this.agents.has(agent)) this.agents.set(agent, input.agent);
    if (outcome.scopes.length === 0) return;
    this.tokens += 1;
    const key = JSON.stringify([agent, resource]);
    const scopes = this.pairs.get(key) ?? new Map<string, Counted>();
    if (this.pairs.size >= MAX_PAIRS && !this.pairs.has(key)) {
      this.incomplete.add(key);
      return;
    }
    this.pairs.set(key, scopes);
    for (const scope of outcome.scopes) {
      if (scopes.size >= MAX_SCOPES_EACH && !scopes.has(scope)) {
        this.incomplete.add(key);
        continue;
      }
      const before = scopes.get(scope) ?? {
        granted: 0,
        used: 0,
        lastUsedMs: undefined,
        input: undefined,
      };
      scopes.set(scope, {
        granted: before.granted + 1,
        used: before.used + (use === undefined ? 0 : 1),
        lastUsedMs: latest(before.lastUsedMs, use?.last_at_ms),
        input: before.input ?? input,
      });
    }
  }

  /** Returns uses sorted by agent, resource and scope. */
  uses(): (ScopeUse & { readonly input: PolicyInput | undefined })[] {
    return [...this.pairs]
      .flatMap(([key, scopes]) => {
        const [agent = '', resource = ''] = JSON.parse(key) as string[];
        return [...scopes].map(([scope, { granted, used, lastUsedMs, input }]) => ({
          agent,
          resource,
          scope,
          granted,
          used,
          ...(lastUsedMs === undefined ? {} : { last_used_ms: lastUsedMs }),
          input,
        }));
      })
      .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  }

  /** Returns the state of each agent at its last request, where its input was kept. */
  holders(): ReadonlyMap<string, PolicyInput['agent']> {
    return this.agents;
  }

  isIncomplete(agent: string): boolean {
    return [...this.incomplete].some((key) => (JSON.parse(key) as string[])[0] === agent);
  }
}

function latest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.max(a, b);
}

function orderOf({ agent, resource, scope }: ScopeUse): string {
  return `${agent}\0${resource}\0${scope}`;
}
