import type { ReadinessReport } from '../../../domain/readiness.js';
import { replyJson } from '../../reply.js';
import { jsonAnswer, type JsonSchema, type Route } from '../../route.js';

export interface ReadyDeps {
  readonly readiness: () => Promise<ReadinessReport>;
}

/** Returns the readiness route, which reports each check by name. */
export function readyRoute({ readiness }: ReadyDeps): Route {
  return {
    operationId: 'ready',
    summary: 'Report whether this instance can serve, with each check.',
    method: 'GET',
    paths: ['/readyz'],
    access: 'anyone',
    responses: {
      200: jsonAnswer('Every check passed.', readySchema('ready')),
      503: jsonAnswer('A check failed; its detail says why.', readySchema('not_ready')),
    },
    errors: [],
    handler: async () => {
      const { ready, checks } = await readiness();
      return replyJson(ready ? 200 : 503, {
        status: ready ? 'ready' : 'not_ready',
        checks: checks.map(({ name, ok, detail, ms }) => ({ name, ok, detail, ms })),
      });
    },
  };
}

function readySchema(status: 'ready' | 'not_ready'): JsonSchema {
  return {
    type: 'object',
    required: ['status', 'checks'],
    additionalProperties: false,
    properties: {
      status: { const: status },
      checks: {
        type: 'array',
        items: {
          type: 'object',
          required: ['name', 'ok', 'detail', 'ms'],
          additionalProperties: false,
          properties: {
            name: { type: 'string' },
            ok: { type: 'boolean' },
            detail: { type: 'string' },
            ms: { type: 'number', minimum: 0 },
          },
        },
      },
    },
  };
}
