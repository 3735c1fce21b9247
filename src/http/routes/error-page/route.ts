import { CountersignError, ERROR_KINDS } from '../../../domain/errors.js';
import type { Handler } from '../../call.js';
import { replyDocument } from '../../reply.js';
import type { Route } from '../../route.js';

const MARKDOWN = 'text/markdown; charset=utf-8';
const MAX_AGE_SECONDS = 3_600;

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
    handler: showErrorPage(pages),
  };
}

function showErrorPage(pages: ReadonlyMap<string, string>): Handler {
  return (call) => {
    const { code } = call.params;
    const known = typeof code === 'string' && Object.hasOwn(ERROR_KINDS, code);
    const page = known ? pages.get(code) : undefined;
    if (page === undefined) throw new CountersignError('not_found', 'No such error code.');
    return Promise.resolve(replyDocument(MARKDOWN, page, MAX_AGE_SECONDS));
  };
}
