import type { ResourceSpec } from '../../domain/records.js';
import { scopeCovers } from '../../domain/scope.js';

/**
 * How many of the scopes lie within a honey entry of the catalogue: those that the default policy's
 * `countersign.honey.named` means. One that merely reaches honey by a wildcard is not asked for by name.
 */
export function honeyScopesAmong(
  scopes: readonly string[],
  catalogue: ResourceSpec['scopes'],
): number {
  const honey = catalogue.filter((entry) => entry.honey === true);
  if (honey.length === 0) return 0;
  return scopes.filter((scope) => honey.some(({ name }) => scopeCovers(name, scope))).length;
}
