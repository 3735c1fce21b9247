import type { DecisionEvent } from '../../domain/decision-log.js';
import { REDACTED } from '../../domain/secrets/list.js';
import { isSecretMember, maskText } from '../../domain/secrets/mask.js';
import { MASKABLE, pointerText } from './pointer.js';

const MAX_DEPTH = 64;

/**
 * Returns the event without secrets and without the values of secret members. `masked` lists their pointers.
 * Runs before any rule of the policy sees the event; no setting switches it off.
 */
export function hideSecrets(event: DecisionEvent): DecisionEvent {
  const found: string[] = [];
  const clean: Record<string, unknown> = {};
  for (const part of MASKABLE) {
    if (event[part] !== undefined) clean[part] = cleanValue(event[part], [part], found);
  }
  const masked = [...(event.masked ?? []), ...found];
  return { ...event, ...clean, ...(masked.length === 0 ? {} : { masked }) };
}

function cleanValue(value: unknown, path: readonly string[], found: string[]): unknown {
  if (typeof value === 'string') {
    const clean = maskText(value);
    if (clean !== value) found.push(pointerText(path));
    return clean;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (path.length > MAX_DEPTH) {
    found.push(pointerText(path));
    return REDACTED;
  }
  if (Array.isArray(value)) {
    return value.map((item, index) => cleanValue(item, [...path, String(index)], found));
  }
  // Entries, not assignment: `__proto__` stays an ordinary member.
  return Object.fromEntries(
    Object.entries(value).map(([name, member]: [string, unknown]) => {
      const shown = maskText(name);
      const at = [...path, shown];
      const hidden = isSecretMember(value, name, member);
      if (shown !== name || hidden) found.push(pointerText(at));
      return [shown, hidden ? REDACTED : cleanValue(member, at, found)];
    }),
  );
}
