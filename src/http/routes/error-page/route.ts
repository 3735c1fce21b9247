import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CountersignError, ERROR_KINDS, type ErrorCode } from '../../../domain/errors.js';
import { replyDocument } from '../../reply.js';
import type { Route } from '../../route.js';

const MARKDOWN = 'text/markdown; charset=utf-8';
const MAX_AGE_SECONDS = 3_600;

/** Where this package keeps its error pages, from the sources and from the build alike. */
const PACKAGED_PAGES = fileURLToPath(new URL('../../../../docs/errors/', import.meta.url));

/** Reads the page of every error code; throws when one is missing. */
export function loadErrorPages(folder = PACKAGED_PAGES): ReadonlyMap<string, string> {
  const codes = Object.keys(ERROR_KINDS) as ErrorCode[];
  return new Map(codes.map((code) => [code, readFileSync(`${folder}/${code}.md`, 'utf8')]));
}

/** The page a problem's `type` points at. */
export function errorPageRoute(pages: ReadonlyMap<string, string>): Route {
  return {
    operationId: 'errorPage',
    summary: 'What an error code means and what to do about it.',
    method: 'GET',
    paths: ['/errors/{code}'],
    access: 'anyone',
    responses: {
      200: { description: 'The page.', content: { 'text/markdown': { type: 'string' } } },
    },
    errors: ['not_found'],
    handler: (call) => {
      const { code } = call.params;
      const known = typeof code === 'string' && Object.hasOwn(ERROR_KINDS, code);
      const page = known ? pages.get(code) : undefined;
      if (page === undefined) throw new CountersignError('not_found', 'No such error code.');
      return Promise.resolve(replyDocument(MARKDOWN, page, MAX_AGE_SECONDS));
    },
  };
}
