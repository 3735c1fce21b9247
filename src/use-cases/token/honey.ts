import type { ResourceSpec } from '../../domain/records.js';
import { scopeCovers } from '../../domain/scope.js';

/**
 * Returns how many scopes lie within a honey entry of the catalogue, as `countersign.honey.named` does
 * in the default policy. A scope that reaches honey only by a wildcard does not count.
 */
export function honeyScopesAmong(
  scopes: readonly string[],
  catalogue: ResourceSpec['scopes'],
): number {
  const honey = catalogue.filter((entry) => entry.honey === true);
  if (honey.length === 0) return 0;
  return scopes.filter((scope) => honey.some(({ name }) => scopeCovers(name, scope))).length;
}
