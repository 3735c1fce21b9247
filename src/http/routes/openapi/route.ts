import type { OpenApiInfo } from '../../openapi/document.js';
import { openApiDocument } from '../../openapi/document.js';
import type { Reply } from '../../call.js';
import { replyDocument } from '../../reply.js';
import { jsonAnswer, type Route } from '../../route.js';

/** Returns a listener's routes plus the route of their OpenAPI document. */
export function withOpenApi(routes: readonly Route[], info: OpenApiInfo): readonly Route[] {
  let reply: Reply | undefined;
  const all: Route[] = [...routes];
  all.push({
    operationId: 'openapi',
    summary: 'Get this listener’s OpenAPI 3.1 document.',
    method: 'GET',
    paths: ['/openapi.json'],
    access: 'anyone',
    responses: {
      200: jsonAnswer('The document.', {
        type: 'object',
        required: ['openapi', 'info', 'paths'],
        properties: { openapi: { const: '3.1.0' } },
      }),
    },
    errors: [],
    handler: () => {
      reply ??= replyDocument('application/json', JSON.stringify(openApiDocument(all, info)), 0);
      return Promise.resolve(reply);
    },
  });
  return all;
}
