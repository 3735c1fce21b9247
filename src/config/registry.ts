import { compileCheck, type Problem } from '../schema/compile.js';
import type { RegistryConfig } from './config.js';
import type { RawRegistry } from './raw.js';
import { pointerOf } from './tree.js';

/** The registry section once checked, or every problem at a pointer below `/registry`. */
export type RegistryCheck =
  | { readonly ok: true; readonly registry: RegistryConfig }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export type CheckRegistry = (raw: RawRegistry) => RegistryCheck;

const IDENTIFIED = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', pattern: '^[a-z0-9][a-z0-9._-]{0,63}$' } },
};
const LISTS = ['agents', 'resources', 'resource_servers'] as const;

const checkIdentified = compileCheck<RegistryConfig>({
  type: 'object',
  properties: Object.fromEntries(LISTS.map((list) => [list, { type: 'array', items: IDENTIFIED }])),
});

/** Checks that every entry has a well-formed id and that no list has one twice. */
export const checkIds: CheckRegistry = (raw) => {
  const filled = { ...raw };
  const whole = { agents: [], resources: [], resource_servers: [], ...filled };
  const checked = checkIdentified(whole);
  if (!checked.ok) return { ok: false, problems: checked.problems };
  const problems = LISTS.flatMap((list) => twice(list, checked.value[list]));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, registry: checked.value };
};

function twice(list: string, entries: readonly { readonly id: string }[]): Problem[] {
  const ids = entries.map(({ id }) => id);
  return ids.flatMap((id, index) =>
    ids.indexOf(id) === index
      ? []
      : [{ pointer: pointerOf([list, index, 'id']), message: `${id} is there twice` }],
  );
}
