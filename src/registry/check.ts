import { firstEqualAudiences } from '../domain/audience.js';
import type { AgentSpec, ResourceServerSpec, ResourceSpec } from '../domain/records.js';
import type { Check } from '../schema/compile.js';
import type { Problem } from '../schema/problem.js';
import {
  checkAgentShape,
  checkResourceServerShape,
  checkResourceShape,
} from '../schema/registry.js';
import { keyProblem } from './public-key.js';

/** Returns every problem of an agent as written: its schema first, then rules beyond the schema. */
export const checkAgentSpec: Check<AgentSpec> = and(checkAgentShape, agentProblems);
/**
 * Returns every problem of a resource in a registry file.
 * The store refuses equal audiences at the write.
 */
const checkListedResource: Check<ResourceSpec> = and(checkResourceShape, resourceProblems);
/** Returns every problem of a resource as written. */
export const checkResourceSpec: Check<ResourceSpec> = and(checkListedResource, audienceProblems);
/** Returns every problem of a resource server as written. */
export const checkResourceServerSpec: Check<ResourceServerSpec> = checkResourceServerShape;

/** The registry part of a configuration file, with unchecked entries. */
export interface RegistryDocument {
  readonly revision: number;
  readonly agents?: readonly unknown[];
  readonly resources?: readonly unknown[];
  readonly resource_servers?: readonly unknown[];
}

export type CheckedRegistry =
  | {
      readonly ok: true;
      readonly registry: {
        readonly revision: number;
        readonly agents: readonly AgentSpec[];
        readonly resources: readonly ResourceSpec[];
        readonly resource_servers: readonly ResourceServerSpec[];
      };
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Returns every problem of a registry document.
 * It checks each entry, duplicate ids, and audiences that two resources claim byte for byte. Equal ones are refused
 * at registration: a file applied by an earlier build may have them. A reference to a resource outside the document is
 * valid: the API may have written it.
 */
export function checkRegistry(document: RegistryDocument): CheckedRegistry {
  const agents = checkEntries('/agents', document.agents ?? [], checkAgentSpec);
  const resources = checkEntries('/resources', document.resources ?? [], checkListedResource);
  const servers = checkEntries(
    '/resource_servers',
    document.resource_servers ?? [],
    checkResourceServerSpec,
  );
  const problems = [
    ...agents.problems,
    ...resources.problems,
    ...servers.problems,
    ...repeated(agents.entries.map(idAt)),
    ...repeated(resources.entries.map(idAt)),
    ...repeated(servers.entries.map(idAt)),
    ...sharedAudiences(resources.entries),
  ];
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    registry: {
      revision: document.revision,
      agents: agents.entries.map(({ spec }) => spec),
      resources: resources.entries.map(({ spec }) => spec),
      resource_servers: servers.entries.map(({ spec }) => spec),
    },
  };
}

interface Entry<T> {
  readonly pointer: string;
  readonly spec: T;
}

function checkEntries<T>(
  list: string,
  values: readonly unknown[],
  check: Check<T>,
): { readonly entries: readonly Entry<T>[]; readonly problems: readonly Problem[] } {
  const entries: Entry<T>[] = [];
  const problems: Problem[] = [];
  values.forEach((value, index) => {
    const at = `${list}/${String(index)}`;
    const checked = check(value);
    if (checked.ok) entries.push({ pointer: at, spec: checked.value });
    else {
      problems.push(
        ...checked.problems.map(({ pointer, message }) => ({ pointer: at + pointer, message })),
      );
    }
  });
  return { entries, problems };
}

function idAt({ pointer, spec }: Entry<{ readonly id: string }>): readonly [string, string] {
  return [spec.id, `${pointer}/id`];
}

function sharedAudiences(entries: readonly Entry<ResourceSpec>[]): Problem[] {
  return repeated(
    entries.flatMap(({ pointer, spec }) =>
      spec.audiences.map((uri, i) => [uri, `${pointer}/audiences/${String(i)}`] as const),
    ),
  );
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

function audienceProblems({ audiences }: ResourceSpec): readonly Problem[] {
  const equal = firstEqualAudiences(audiences);
  if (equal === undefined) return [];
  return [{ pointer: `/audiences/${String(equal.index)}`, message: `equals ${equal.before}` }];
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Returns one problem for each repeated text. */
function repeated(texts: readonly (readonly [text: string, pointer: string])[]): Problem[] {
  const seen = new Set<string>();
  return texts.flatMap(([text, pointer]) => {
    if (seen.has(text)) return [{ pointer, message: 'is given twice' }];
    seen.add(text);
    return [];
  });
}
