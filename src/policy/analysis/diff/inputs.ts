import type { PolicyInput } from '../../../domain/policy.js';
import { type AgentGrant } from '../../../domain/records.js';
import { RISKS, type Risk } from '../../../domain/scope.js';
import { NEUTRAL_INPUT } from '../../serving/neutral-input.js';
import { grantsIn, type DataGrants } from './grants-in-data.js';

const MAX_INPUTS = 5000;
/** Replaces a wildcard of the data. */
const BELOW = 'example';

/** A generated input, with a name that states its origin. */
export interface NamedInput {
  readonly name: string;
  readonly input: PolicyInput;
}

/**
 * Generates requests from the data of a policy.
 * Uses every object with `grants` of `{resource, scopes}`, by an agent with that object's name as its role. Asks for
 * each scope at each risk, without and with a step-up signal. Roles in another form give none; recorded decisions and
 * cases cover those.
 */
export function generatedInputs(data: unknown): NamedInput[] {
  const found = new Map<string, NamedInput>();
  for (const { role, grant } of grantsIn(data).flatMap(single)) {
    for (const scope of grant.scopes.map(concrete)) {
      for (const risk of RISKS) {
        for (const anomaly of [0, 0.85]) {
          if (found.size >= MAX_INPUTS) return [...found.values()];
          const name = `role ${role}: ${scope} on ${grant.resource}, ${risk}${anomaly === 0 ? '' : ', odd'}`;
          const input = requestOf(role, grant, scope, risk, anomaly);
          found.set(JSON.stringify(input), { name, input });
        }
      }
    }
  }
  return [...found.values()];
}

interface RoleGrant {
  readonly role: string;
  readonly grant: AgentGrant;
}

function single({ role, grants }: DataGrants): RoleGrant[] {
  return grants.map((grant) => ({ role, grant }));
}

function concrete(scope: string): string {
  return scope === '*' ? BELOW : scope.replace(/\*$/, BELOW);
}

function requestOf(
  role: string,
  { resource }: AgentGrant,
  scope: string,
  risk: Risk,
  anomaly: number,
): PolicyInput {
  const id = resource === '*' ? BELOW : resource;
  return {
    ...NEUTRAL_INPUT,
    request: {
      resource: id,
      scopes: [scope],
      ttl_seconds: 3600,
      declared: { session_id: 's', task_id: 't', user_id: 'u', reason: 'r' },
    },
    agent: { ...NEUTRAL_INPUT.agent, id: BELOW, roles: [role] },
    resource: {
      id,
      audiences: [`https://${id}.example`],
      scopes: [{ name: scope, risk, description: '' }],
    },
    signals: { ...NEUTRAL_INPUT.signals, anomaly },
  };
}
