import { replyJson } from '../../reply.js';
import { jsonAnswer, type Route } from '../../route.js';

const ALIVE = replyJson(200, { status: 'ok' });

/** Returns the liveness route, without dependencies: their failure must not restart the process. */
export function healthRoute(): Route {
  return {
    operationId: 'health',
    summary: 'Report that the process answers.',
    method: 'GET',
    paths: ['/healthz'],
    access: 'anyone',
    responses: {
      200: jsonAnswer('The process answers.', {
        type: 'object',
        required: ['status'],
        additionalProperties: false,
        properties: { status: { const: 'ok' } },
      }),
    },
    errors: [],
    handler: () => Promise.resolve(ALIVE),
  };
}
