import type { ReadinessReport } from '../../../domain/readiness.js';
import { replyJson } from '../../reply.js';
import { jsonAnswer, type Route } from '../../route.js';
import { NOT_READY, READY } from './schema.js';

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
      200: jsonAnswer('Every check passed.', READY),
      503: jsonAnswer('A check failed; its detail says why.', NOT_READY),
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
