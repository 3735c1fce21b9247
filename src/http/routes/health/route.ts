import { replyJson } from '../../reply.js';
import { jsonAnswer, type Route } from '../../route.js';

const ALIVE = replyJson(200, { status: 'ok' });

/** Whether the process answers at all; it looks at nothing else, so that a restart is never asked for in vain. */
export function healthRoute(): Route {
  return {
    operationId: 'health',
    summary: 'Whether the process answers.',
    method: 'GET',
    paths: ['/healthz'],
    access: 'anyone',
    responses: {
      200: jsonAnswer('It does.', {
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
