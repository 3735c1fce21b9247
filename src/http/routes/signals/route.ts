import { compileCheck } from '../../../schema/compile.js';
import type { SignalOperations } from '../../../use-cases/admin/signals.js';
import { readDocument } from '../../admin-body.js';
import { READ, RESPOND } from '../../admin-roles.js';
import { adminRoute, type AdminRoute } from '../../admin-route.js';
import { pathParam } from '../../path-param.js';
import type { RequestParsers } from '../../ports.js';
import { timeOf } from '../../query-time.js';
import { readQuery } from '../../query.js';
import { replyEmpty, replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { jsonAnswer } from '../../route.js';
import { RESET_BODY, type ResetBody, AGENT_SIGNALS, SIGNAL_EXPORT } from './schema.js';

export interface SignalDeps {
  readonly operations: { readonly signals: SignalOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

const checkReset = compileCheck<ResetBody>(RESET_BODY);
const SIGNALS = '/admin/v1/agents/{id}/signals';

const SINCE = {
  since: {
    description:
      'Start of the series; default: 7 days ago, limit: 14 days ago. RFC 3339, or milliseconds since the Unix epoch.',
    schema: { type: 'string' },
  },
} as const;

/** Returns the routes of an agent's signals. */
export function signalRoutes(deps: SignalDeps): readonly AdminRoute[] {
  return [getAgentSignals(deps), resetAgentSignals(deps), exportAgentSignals(deps)];
}

function getAgentSignals({ operations }: SignalDeps): AdminRoute {
  return adminRoute('getAgentSignals', {
    summary:
      'Get an agent’s learned profile, its score with terms, and its requests per 10 minutes.',
    method: 'GET',
    path: SIGNALS,
    roles: READ,
    query: SINCE,
    responses: { 200: jsonAnswer('Profile and series.', AGENT_SIGNALS) },
    errors: ['not_found'],
    handler: async (call) => {
      const { since } = readQuery(call, ['since']);
      const sinceMs = since === undefined ? undefined : timeOf('since', since);
      return replyJson(
        200,
        await operations.signals.show(pathParam(call, 'id'), sinceMs, adminContextOf(call)),
      );
    },
  });
}

function resetAgentSignals({ operations, parsers }: SignalDeps): AdminRoute {
  return adminRoute('resetAgentSignals', {
    summary: 'Delete an agent’s learned state; it is treated as a new agent.',
    method: 'POST',
    path: `${SIGNALS}/reset`,
    roles: RESPOND,
    json: RESET_BODY,
    responses: { 204: { description: 'Forgotten.' } },
    errors: ['not_found'],
    handler: async (call) => {
      const id = pathParam(call, 'id');
      const { reason } = await readDocument(call, parsers, checkReset);
      await operations.signals.reset(id, reason, adminContextOf(call));
      return replyEmpty(204);
    },
  });
}

/** Returns the export route; Content-Disposition names the file for a browser. */
function exportAgentSignals({ operations }: SignalDeps): AdminRoute {
  return adminRoute('exportAgentSignals', {
    summary: 'Export the whole stored signal state of an agent.',
    method: 'GET',
    path: `${SIGNALS}/export`,
    roles: READ,
    responses: { 200: jsonAnswer('The state, decoded.', SIGNAL_EXPORT) },
    errors: ['not_found'],
    handler: async (call) => {
      const id = pathParam(call, 'id');
      const exported = await operations.signals.export(id);
      return replyJson(200, exported, [
        'Content-Disposition',
        `attachment; filename="signals-${id}.json"`,
      ]);
    },
  });
}
