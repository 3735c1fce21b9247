import type { AuditEvent } from '../../domain/audit.js';
import { CountersignError } from '../../domain/errors.js';
import type { PolicyDocument, PolicyStore } from '../../domain/policy-lifecycle.js';

/** Members to replace, with the events of the change; undefined removes a member. */
export interface Changed {
  readonly next: { readonly [Name in keyof PolicyDocument]?: PolicyDocument[Name] | undefined };
  readonly events: readonly AuditEvent[];
}

/** Computes a change of the document; undefined without a change. */
export type Change = (document: PolicyDocument) => Changed | undefined;

const TRIES = 8;
/** Number of earlier assignments kept for a rollback. */
export const HISTORY = 20;

/**
 * Changes the document by compare-and-set, and retries from the current one when it was lost.
 * A role that changes hands raises the generation. Returns the stored document. Throws `conflict` after repeated
 * losses, and the errors of `change`.
 */
export async function changeDocument(store: PolicyStore, change: Change): Promise<PolicyDocument> {
  for (let tries = 0; tries < TRIES; tries++) {
    const before = await requireDocument(store);
    const changed = change(before);
    if (changed === undefined) return before;
    const moved = ROLES.some((role) => role in changed.next);
    const next = withoutUndefined({
      ...before,
      ...changed.next,
      version: before.version + 1,
      generation: changed.next.generation ?? before.generation + (moved ? 1 : 0),
    });
    if (await store.replace(before.version, next, changed.events)) return next;
  }
  throw new CountersignError('conflict', 'The policy kept changing during this call.');
}

const ROLES = ['active', 'canary', 'shadow'] as const;

function withoutUndefined(document: object): PolicyDocument {
  const members = Object.entries(document).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members) as unknown as PolicyDocument;
}

/** Returns the document. Throws `not_found` when no bundle was ever active. */
export async function requireDocument(store: PolicyStore): Promise<PolicyDocument> {
  const document = await store.document();
  if (document === undefined) throw new CountersignError('not_found', 'No bundle is active.');
  return document;
}
