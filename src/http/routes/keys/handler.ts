import type { KeyOperations } from '../../../use-cases/operations.js';
import { compileCheck } from '../../../schema/compile.js';
import { readDocument } from '../../admin-body.js';
import type { Handler } from '../../call.js';
import { pathParam } from '../../path-param.js';
import type { RequestParsers } from '../../ports.js';
import { replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { replyOutcome } from '../revocations/outcome.js';
import { keyView, REASON_BODY, type ReasonBody } from './schema.js';

export interface KeyDeps {
  readonly operations: { readonly keys: KeyOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

const checkReason = compileCheck<ReasonBody>(REASON_BODY);

/** GET /admin/v1/keys. */
export function listKeys({ operations }: KeyDeps): Handler {
  return async () => {
    const keys = await operations.keys.list();
    return replyJson(200, { items: keys.map(keyView) });
  };
}

/** POST /admin/v1/keys/rotate: the worker rotates; the answer says that it was asked to. */
export function rotateKeys({ operations }: KeyDeps): Handler {
  return async (call) => {
    await operations.keys.requestRotation(adminContextOf(call));
    return replyJson(202, { state: 'requested' });
  };
}

/** POST /admin/v1/keys/{kid}/revoke: kills the key's tokens at once. */
export function revokeKey({ operations, parsers }: KeyDeps): Handler {
  return async (call) => {
    const kid = pathParam(call, 'kid');
    const { reason } = await readDocument(call, parsers, checkReason);
    return replyOutcome(await operations.keys.revoke(kid, reason, adminContextOf(call)));
  };
}
