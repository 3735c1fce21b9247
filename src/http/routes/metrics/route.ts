import { replyDocument } from '../../reply.js';
import type { Route } from '../../route.js';

export interface MetricsDeps {
  readonly metrics: () => Promise<{ readonly contentType: string; readonly body: string }>;
}

/** Returns the Prometheus scrape route. */
export function metricsRoute({ metrics }: MetricsDeps): Route {
  return {
    operationId: 'metrics',
    summary: 'Get the Prometheus metrics.',
    method: 'GET',
    paths: ['/metrics'],
    access: 'anyone',
    responses: {
      200: {
        description: 'The text exposition format.',
        content: { 'text/plain': { type: 'string' } },
      },
    },
    errors: ['temporarily_unavailable'],
    handler: async () => {
      const { contentType, body } = await metrics();
      return replyDocument(contentType, body, 0);
    },
  };
}
