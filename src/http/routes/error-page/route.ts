import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CountersignError, ERROR_KINDS, type ErrorCode } from '../../../domain/errors.js';
import { replyDocument } from '../../reply.js';
import type { Route } from '../../route.js';

const MARKDOWN = 'text/markdown; charset=utf-8';
const MAX_AGE_SECONDS = 3_600;

/** Folder of this package's error pages, valid for the sources and the build. */
const PACKAGED_PAGES = fileURLToPath(new URL('../../../../docs/errors/', import.meta.url));

/** Reads the pages of all error codes; throws when one is missing. */
export function loadErrorPages(folder = PACKAGED_PAGES): ReadonlyMap<string, string> {
  const codes = Object.keys(ERROR_KINDS) as ErrorCode[];
  return new Map(codes.map((code) => [code, readFileSync(`${folder}/${code}.md`, 'utf8')]));
}

/** Returns the route of the error pages, the targets of a problem's `type`. */
export function errorPageRoute(pages: ReadonlyMap<string, string>): Route {
  return {
    operationId: 'errorPage',
    summary: 'Get the meaning of an error code and its remedy.',
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
