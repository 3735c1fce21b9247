import type { Tree } from '../config/tree.js';
import type { AuditPageAnswer } from '../domain/answers.generated.js';
import { READER, type Reader } from './values.js';

const page: Reader<Pick<AuditPageAnswer, 'items' | 'next_cursor'>> = READER;

/** Returns the items of a page, or of a collection without pages. */
export function itemsOf(body: unknown): readonly Tree[] {
  return page.rows(body, 'items');
}

/** Returns the `next_cursor` of a page; undefined on the last page. */
export function cursorOf(body: unknown): string | undefined {
  const cursor = page.value(body, 'next_cursor');
  return typeof cursor === 'string' && cursor !== '' ? cursor : undefined;
}
