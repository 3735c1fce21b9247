import { firstEqualAudiences } from '../domain/audience.js';
import type { Check } from '../schema/compile.js';
import type { Problem } from '../schema/problem.js';
import {
  checkAgentShape,
  checkResourceServerShape,
  checkResourceShape,
} from '../schema/registry.js';
import type { ConfiguredRegistry } from '../domain/records.js';
import type { RawConfig } from './raw.generated.js';

/** The checked registry section, or its problems at pointers below `/registry`. */
export type RegistryCheck =
  | { readonly ok: true; readonly registry: ConfiguredRegistry }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export type CheckRegistry = (raw: RawConfig['registry']) => RegistryCheck;

/** Checks the shape of each entry separately. The registry's full check also compares entries. */
export const checkRegistryShape: CheckRegistry = (raw) => {
  const problems: Problem[] = [];
  const each = <T>(list: string, entries: readonly unknown[] | undefined, check: Check<T>): T[] =>
    (entries ?? []).flatMap((entry, index) => {
      const checked = check(entry);
      if (checked.ok) return [checked.value];
      for (const { pointer, message } of checked.problems) {
        problems.push({ pointer: `/${list}/${String(index)}${pointer}`, message });
      }
      return [];
    });
  const registry: ConfiguredRegistry = {
    revision: raw.revision,
    agents: each('agents', raw.agents, checkAgentShape),
    resources: each('resources', raw.resources, checkResourceShape),
    resource_servers: each('resource_servers', raw.resource_servers, checkResourceServerShape),
  };
  return problems.length > 0 ? { ok: false, problems } : { ok: true, registry };
};

/**
 * Returns a warning for two equal audiences in different spellings.
 *
 * The store refuses to register the second one; only a store of an earlier build can have both.
 */
export function registryWarnings({ resources }: ConfiguredRegistry): string[] {
  const equal = firstEqualAudiences(resources.flatMap(({ audiences }) => audiences));
  if (equal === undefined) return [];
  return [`registry.resources: the audiences ${equal.before} and ${equal.uri} are equal`];
}
