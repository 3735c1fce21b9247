import { escapeStep } from '../../../domain/json-pointer.js';
import type { AgentGrant } from '../../../domain/records.js';

/** A list of grants in a policy's data, with the name of its owner. */
export interface DataGrants {
  readonly role: string;
  /** JSON pointer of the list. */
  readonly pointer: string;
  readonly grants: readonly AgentGrant[];
}

/** Finds every `grants` of `{resource, scopes}` in a document; the key of its parent is the role. */
export function grantsIn(value: unknown, role = '', pointer = ''): DataGrants[] {
  if (typeof value !== 'object' || value === null) return [];
  const { grants } = value as { readonly grants?: unknown };
  const own = Array.isArray(grants) && grants.length > 0 && grants.every(isGrant) ? grants : [];
  return [
    ...(own.length === 0 ? [] : [{ role, pointer: `${pointer}/grants`, grants: own }]),
    ...Object.entries(value).flatMap(([key, member]) =>
      grantsIn(member, key, `${pointer}/${escapeStep(key)}`),
    ),
  ];
}

function isGrant(value: unknown): value is AgentGrant {
  if (typeof value !== 'object' || value === null) return false;
  const { resource, scopes } = value as Readonly<Record<string, unknown>>;
  return (
    typeof resource === 'string' &&
    Array.isArray(scopes) &&
    scopes.every((scope) => typeof scope === 'string')
  );
}
