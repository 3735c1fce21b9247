import type { AuditEvent } from '../domain/audit.js';
import { maskJson } from '../domain/secrets/mask-json.js';
import type { Keys } from './keys.js';
import type { ScriptRunner } from './scripts.js';

/** The dependencies of every store. */
export interface StoreContext {
  readonly runner: ScriptRunner;
  readonly keys: Keys;
  readonly shards: number;
}

/**
 * Serializes events for the store: one as an object, several as an array, none as the empty text.
 * Masks credentials, since the append-only file keeps every write for good. `inputText` becomes the `policy_input` of a
 * single event.
 */
export function eventText(events: AuditEvent | readonly AuditEvent[], inputText?: string): string {
  if (!Array.isArray(events)) {
    const text = JSON.stringify(events);
    if (inputText === undefined) return maskJson(text);
    return maskJson(`${text.slice(0, -1)},"policy_input":${inputText}}`);
  }
  if (events.length === 0) return '';
  return maskJson(JSON.stringify(events.length === 1 ? events[0] : events));
}
