import type { Page, PageRequest } from '../domain/audit-query.js';
import { CountersignError } from '../domain/errors.js';
import type { Call } from './call.js';
import { readQuery } from './query.js';
import type { JsonSchema, QueryParameter } from './route.js';

const MAX_LIMIT = 500;
const DEFAULT_LIMIT = 100;

export const PAGE_PARAMETERS: Readonly<Record<'limit' | 'cursor', QueryParameter>> = {
  limit: {
    description: 'Items per page; default: 100.',
    schema: { type: 'integer', minimum: 1, maximum: MAX_LIMIT },
  },
  cursor: { description: 'next_cursor of the previous page.', schema: { type: 'string' } },
};

/** Returns the requested page; throws `invalid_request` for a limit outside 1 to 500. */
export function pageOf(query: { readonly limit?: string; readonly cursor?: string }): PageRequest {
  const { limit, cursor } = query;
  if (limit === undefined) return { cursor, limit: DEFAULT_LIMIT };
  const wanted = /^[1-9][0-9]{0,2}$/.test(limit) ? Number(limit) : 0;
  if (wanted < 1 || wanted > MAX_LIMIT) {
    throw new CountersignError('invalid_request', 'limit must be an integer from 1 to 500.');
  }
  return { cursor, limit: wanted };
}

/** Reads the requested page of a collection that has no other parameters. */
export function readPage(call: Call): PageRequest {
  return pageOf(readQuery(call, ['limit', 'cursor']));
}

/** Serialises a page, each item through its allow-list. */
export function pageView<T>(
  page: Page<T>,
  view: (item: T) => object,
): { items: object[]; next_cursor: string | undefined } {
  return { items: page.items.map(view), next_cursor: page.nextCursor };
}

/** Returns the schema of a page of items. */
export function pageSchema(
  items: JsonSchema,
  more: JsonSchema = {},
  optional: JsonSchema = {},
): JsonSchema {
  return {
    type: 'object',
    required: ['items', ...Object.keys(more)],
    additionalProperties: false,
    properties: {
      items: { type: 'array', items },
      next_cursor: { type: 'string', description: 'Absent on the last page.' },
      ...more,
      ...optional,
    },
  };
}
