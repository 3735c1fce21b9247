import type { PolicyInput } from '../../domain/policy.js';
import { DEFAULT_CLASS } from '../../domain/records.js';
import type { Attempt, Gathered } from './attempt.js';

/**
 * Builds the policy input.
 * It contains everything that depends on time or chance, so a decision can be replayed.
 */
export function policyInput(
  attempt: Pick<Attempt, 'agent' | 'resource' | 'authentication' | 'ttlSeconds'> & {
    readonly request: Pick<Attempt['request'], 'scopes' | 'declared'>;
  },
  gathered: Pick<Gathered, 'signals' | 'tickMs'>,
): PolicyInput {
  const { agent, resource, request, authentication } = attempt;
  const { id, audiences, scopes, max_ttl_seconds, requires, working_hours, labels } = resource.spec;
  return {
    request: {
      resource: id,
      scopes: request.scopes,
      ttl_seconds: attempt.ttlSeconds,
      declared: request.declared,
    },
    agent: {
      id: agent.spec.id,
      class: agent.spec.class ?? DEFAULT_CLASS,
      roles: agent.spec.roles ?? [],
      grants: agent.spec.grants ?? [],
      labels: agent.spec.labels ?? {},
      authentication,
    },
    resource: {
      id,
      audiences,
      scopes,
      ...(max_ttl_seconds === undefined ? {} : { max_ttl_seconds }),
      ...(requires === undefined ? {} : { requires }),
      ...(working_hours === undefined ? {} : { working_hours }),
      ...(labels === undefined ? {} : { labels }),
    },
    signals: gathered.signals,
    delegation: { chain: [] },
    approval: null,
    now: { unix_ms: gathered.tickMs },
  };
}
