import type { AgentGrant } from '../../../domain/records.js';
import { scopeCovers } from '../../../domain/scope.js';

/** A scope that was used on a resource. */
export interface UsedScope {
  readonly resource: string;
  readonly scope: string;
}

/**
 * Maximum number of scopes listed in place of a wildcard.
 * A longer list of ids would soon be outdated, so the wildcard stays.
 */
const MAX_LISTED = 20;

/**
 * Returns the smallest grants that cover the used scopes.
 * Removes unused scopes, replaces a wildcard by the used scopes below it, and a grant for every resource by one for
 * each. Never wider than `grants`; every used scope that `grants` covers stays covered. Grants on `unseen` resources
 * are unchanged, since their use is unknown.
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

/** Returns whether a grant for every resource is used on more resources than may be listed. */
function keepsWildcards(grant: AgentGrant, parts: readonly AgentGrant[]): boolean {
  return grant.resource === '*' && parts.length > MAX_LISTED;
}
