import type { SignalOperations } from '../../../use-cases/admin/signals.js';
import { compileCheck } from '../../../schema/compile.js';
import { readDocument } from '../../admin-body.js';
import type { Handler } from '../../call.js';
import { pathParam } from '../../path-param.js';
import type { RequestParsers } from '../../ports.js';
import { readQuery } from '../../query.js';
import { replyEmpty, replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { timeOf } from '../audit/time.js';
import { RESET_BODY, type ResetBody } from './schema.js';

export interface SignalDeps {
  readonly operations: { readonly signals: SignalOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

const checkReset = compileCheck<ResetBody>(RESET_BODY);

/** GET /admin/v1/agents/{id}/signals. */
export function getAgentSignals({ operations }: SignalDeps): Handler {
  return async (call) => {
    const { since } = readQuery(call, ['since']);
    const sinceMs = since === undefined ? undefined : timeOf('since', since);
    return replyJson(200, await operations.signals.show(pathParam(call, 'id'), sinceMs));
  };
}

/** POST /admin/v1/agents/{id}/signals/reset. */
export function resetAgentSignals({ operations, parsers }: SignalDeps): Handler {
  return async (call) => {
    const id = pathParam(call, 'id');
    const { reason } = await readDocument(call, parsers, checkReset);
    await operations.signals.reset(id, reason, adminContextOf(call));
    return replyEmpty(204);
  };
}

/** GET /admin/v1/agents/{id}/signals/export: a file, for whoever opens it in a browser. */
export function exportAgentSignals({ operations }: SignalDeps): Handler {
  return async (call) => {
    const id = pathParam(call, 'id');
    const exported = await operations.signals.export(id);
    return replyJson(200, exported, [
      'Content-Disposition',
      `attachment; filename="signals-${id}.json"`,
    ]);
  };
}
