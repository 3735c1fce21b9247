import { adminRoute } from '../../admin-route.js';
import { jsonAnswer, type Route } from '../../route.js';
import * as handle from './handler.js';
import { AGENT_SIGNALS, RESET_BODY, SIGNAL_EXPORT } from './schema.js';

const SIGNALS = '/admin/v1/agents/{id}/signals';

const SINCE = {
  since: {
    description:
      'Start of the series, seven days ago unless given and never more than 14. RFC 3339, or milliseconds since the Unix epoch.',
    schema: { type: 'string' },
  },
} as const;

/** What is kept of an agent's behaviour. */
export function signalRoutes(deps: handle.SignalDeps): readonly Route[] {
  return [
    adminRoute('getAgentSignals', {
      summary: 'What is usual for an agent, its score and why, and what it did by 10 minutes.',
      method: 'GET',
      path: SIGNALS,
      query: SINCE,
      responses: { 200: jsonAnswer('Profile and series.', AGENT_SIGNALS) },
      errors: ['not_found'],
      handler: handle.getAgentSignals(deps),
    }),
    adminRoute('resetAgentSignals', {
      summary: 'Forget what was learned of an agent: it is new again.',
      method: 'POST',
      path: `${SIGNALS}/reset`,
      json: RESET_BODY,
      responses: { 204: { description: 'Forgotten.' } },
      errors: ['not_found'],
      handler: handle.resetAgentSignals(deps),
    }),
    adminRoute('exportAgentSignals', {
      summary: 'The whole state kept of an agent.',
      method: 'GET',
      path: `${SIGNALS}/export`,
      responses: { 200: jsonAnswer('The state, decoded.', SIGNAL_EXPORT) },
      errors: ['not_found'],
      handler: handle.exportAgentSignals(deps),
    }),
  ];
}
