import type { Check, Problem } from '../schema/compile.js';
import {
  checkAgentShape,
  checkResourceServerShape,
  checkResourceShape,
} from '../schema/registry.js';
import type { RegistryConfig } from './config.js';
import type { RawRegistry } from './raw.js';

/** The registry section once checked, or every problem at a pointer below `/registry`. */
export type RegistryCheck =
  | { readonly ok: true; readonly registry: RegistryConfig }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export type CheckRegistry = (raw: RawRegistry) => RegistryCheck;

/** Checks the shape of every entry, and that no list has an id twice. */
export const checkRegistryShape: CheckRegistry = (raw) => {
  const problems: Problem[] = [];
  const registry = readEntries(raw, problems);
  const { agents, resources, resource_servers: servers } = registry;
  const lists = { agents, resources, resource_servers: servers };
  for (const [list, entries] of Object.entries(lists)) problems.push(...twice(list, entries));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, registry };
};

export interface EntryChecks {
  readonly agent: Check<RegistryConfig['agents'][number]>;
  readonly resource: Check<RegistryConfig['resources'][number]>;
  readonly resourceServer: Check<RegistryConfig['resource_servers'][number]>;
}

const SHAPES: EntryChecks = {
  agent: checkAgentShape,
  resource: checkResourceShape,
  resourceServer: checkResourceServerShape,
};

/** The entries that pass; what is wrong with the others goes to `problems`. */
export function readEntries(
  raw: RawRegistry,
  problems: Problem[],
  checks: EntryChecks = SHAPES,
): RegistryConfig {
  const each = <T>(list: string, entries: readonly unknown[] | undefined, check: Check<T>): T[] =>
    (entries ?? []).flatMap((entry, index) => {
      const checked = check(entry);
      if (checked.ok) return [checked.value];
      for (const { pointer, message } of checked.problems) {
        problems.push({ pointer: `/${list}/${String(index)}${pointer}`, message });
      }
      return [];
    });
  return {
    revision: raw.revision,
    agents: each('agents', raw.agents, checks.agent),
    resources: each('resources', raw.resources, checks.resource),
    resource_servers: each('resource_servers', raw.resource_servers, checks.resourceServer),
  };
}

function twice(list: string, entries: readonly { readonly id: string }[]): Problem[] {
  const ids = entries.map(({ id }) => id);
  return ids.flatMap((id, index) =>
    ids.indexOf(id) === index
      ? []
      : [{ pointer: `/${list}`, message: `the id ${id} is there twice` }],
  );
}
