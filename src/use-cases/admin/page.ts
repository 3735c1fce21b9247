import { CountersignError } from '../../domain/errors.js';
import type { Page, PageRequest } from '../../domain/audit-query.js';

interface Identified {
  readonly spec: { readonly id: string };
}

/** Returns a page, by id, of a list that is small enough to read whole; the cursor encodes the last id. */
export function pageOf<T extends Identified>(records: readonly T[], page: PageRequest): Page<T> {
  const after = page.cursor === undefined ? '' : decode(page.cursor);
  const rest = records
    .filter((record) => record.spec.id > after)
    .sort((a, b) => (a.spec.id < b.spec.id ? -1 : 1));
  const items = rest.slice(0, page.limit);
  const last = items.at(-1);
  const more = rest.length > items.length && last !== undefined;
  return { items, nextCursor: more ? encode(last.spec.id) : undefined };
}

function encode(id: string): string {
  return Buffer.from(`after:${id}`).toString('base64url');
}

function decode(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!text.startsWith('after:')) {
    throw new CountersignError(
      'invalid_request',
      'The cursor is not a next_cursor of this service.',
    );
  }
  return text.slice('after:'.length);
}
