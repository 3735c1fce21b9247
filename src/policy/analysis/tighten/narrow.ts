import type { AgentGrant } from '../../../domain/records.js';
import { scopeCovers } from '../../../domain/scope.js';

/** What was used, somewhere. */
export interface UsedScope {
  readonly resource: string;
  readonly scope: string;
}

/** A wildcard under which more than this was used stays a wildcard: a list of ids would be out of date tomorrow. */
const MAX_LISTED = 20;

/**
 * The least that covers what was used, out of grants that cover it now: unused scopes go, a wildcard becomes what
 * was used below it, a grant for every resource one for each. Never wider than `grants`; all that was used and is
 * covered by `grants` stays covered. Grants on `unseen` resources are left: nobody there says what is used.
 */
export function narrowGrants(
  grants: readonly AgentGrant[],
  used: readonly UsedScope[],
  unseen: ReadonlySet<string> = new Set(),
): readonly AgentGrant[] {
  return grants.flatMap((grant) => {
    if (unseen.has(grant.resource) || (grant.resource === '*' && unseen.size > 0)) return [grant];
    const resources =
      grant.resource === '*'
        ? [...new Set(used.map(({ resource }) => resource))].sort()
        : [grant.resource];
    const parts = resources.flatMap((resource) => {
      const here = used.filter((use) => use.resource === resource).map(({ scope }) => scope);
      const scopes = [...new Set(grant.scopes.flatMap((pattern) => narrowScope(pattern, here)))];
      return scopes.length === 0 ? [] : [{ ...grant, resource, scopes }];
    });
    return keepsWildcards(grant, parts) ? [grant] : parts;
  });
}

function narrowScope(pattern: string, used: readonly string[]): readonly string[] {
  const below = [...new Set(used.filter((scope) => scopeCovers(pattern, scope)))].sort();
  if (below.length === 0) return [];
  return below.includes(pattern) || below.length > MAX_LISTED ? [pattern] : below;
}

/** A grant for every resource that is used in more places than can be listed stays as it is. */
function keepsWildcards(grant: AgentGrant, parts: readonly AgentGrant[]): boolean {
  return grant.resource === '*' && parts.length > MAX_LISTED;
}
