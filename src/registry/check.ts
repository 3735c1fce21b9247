import type { AgentSpec, ResourceServerSpec, ResourceSpec } from '../domain/records.js';
import type { Check, Problem } from '../schema/compile.js';
import {
  checkAgentShape,
  checkResourceServerShape,
  checkResourceShape,
} from '../schema/registry.js';
import { keyProblem } from './public-key.js';

/** Every problem of an agent as written: its schema first, then what a schema cannot say. */
export const checkAgentSpec: Check<AgentSpec> = and(checkAgentShape, agentProblems);
/** Every problem of a resource as written. */
export const checkResourceSpec: Check<ResourceSpec> = and(checkResourceShape, resourceProblems);
/** Every problem of a resource server as written. */
export const checkResourceServerSpec: Check<ResourceServerSpec> = checkResourceServerShape;

/** Everything a configuration file says about the registry, each part of a correct shape. */
export interface RegistrySpecs {
  readonly agents: readonly AgentSpec[];
  readonly resources: readonly ResourceSpec[];
  readonly resourceServers: readonly ResourceServerSpec[];
}

/**
 * What is wrong between records that are right by themselves: an id twice, an audience of two resources, a
 * resource server or grant that names a resource nobody wrote. Pointers are under `/agents`, `/resources` and
 * `/resource_servers`.
 */
export function findRegistryConflicts(specs: RegistrySpecs): readonly Problem[] {
  const known = new Set(specs.resources.map(({ id }) => id));
  const unknown = (id: string): boolean => id !== '*' && !known.has(id);
  return [
    ...repeated(specs.agents.map(({ id }, i) => [id, `/agents/${String(i)}/id`])),
    ...repeated(specs.resources.map(({ id }, i) => [id, `/resources/${String(i)}/id`])),
    ...repeated(
      specs.resourceServers.map(({ id }, i) => [id, `/resource_servers/${String(i)}/id`]),
    ),
    ...repeated(
      specs.resources.flatMap(({ audiences }, i) =>
        audiences.map((uri, j) => [uri, `/resources/${String(i)}/audiences/${String(j)}`] as const),
      ),
    ),
    ...specs.resourceServers.flatMap(({ resources }, i) =>
      resources.flatMap((id, j) =>
        unknown(id) ? [notRegistered(`/resource_servers/${String(i)}/resources/${String(j)}`)] : [],
      ),
    ),
    ...specs.agents.flatMap(({ grants = [] }, i) =>
      grants.flatMap(({ resource }, j) =>
        unknown(resource)
          ? [notRegistered(`/agents/${String(i)}/grants/${String(j)}/resource`)]
          : [],
      ),
    ),
  ];
}

function and<T>(shape: Check<T>, problemsOf: (value: T) => readonly Problem[]): Check<T> {
  return (value) => {
    const checked = shape(value);
    if (!checked.ok) return checked;
    const problems = problemsOf(checked.value);
    return problems.length === 0 ? checked : { ok: false, problems };
  };
}

function agentProblems({ jwks }: AgentSpec): readonly Problem[] {
  const keys = jwks?.keys ?? [];
  const broken = keys.flatMap((key, i) => {
    const message = keyProblem(key);
    return message === undefined ? [] : [{ pointer: `/jwks/keys/${String(i)}`, message }];
  });
  const kids = keys.flatMap(({ kid }, i) =>
    typeof kid === 'string' ? [[kid, `/jwks/keys/${String(i)}/kid`] as const] : [],
  );
  return [...broken, ...repeated(kids)];
}

function resourceProblems(spec: ResourceSpec): readonly Problem[] {
  const { audiences, scopes, working_hours: hours } = spec;
  const problems = [
    ...repeated(audiences.map((uri, i) => [uri, `/audiences/${String(i)}`])),
    ...repeated(scopes.map(({ name }, i) => [name, `/scopes/${String(i)}/name`])),
  ];
  if (hours !== undefined && !isTimezone(hours.timezone)) {
    problems.push({ pointer: '/working_hours/timezone', message: 'is not a known time zone' });
  }
  if (hours !== undefined && hours.start === hours.end) {
    problems.push({ pointer: '/working_hours/end', message: 'must not equal start' });
  }
  return problems;
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** One problem for each text that was there before. */
function repeated(texts: readonly (readonly [text: string, pointer: string])[]): Problem[] {
  const seen = new Set<string>();
  return texts.flatMap(([text, pointer]) => {
    if (seen.has(text)) return [{ pointer, message: 'is given twice' }];
    seen.add(text);
    return [];
  });
}

function notRegistered(pointer: string): Problem {
  return { pointer, message: 'names a resource that is not registered' };
}
