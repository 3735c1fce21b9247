import { compileCheck } from '../../../schema/compile.js';
import type { StoreOperations } from '../../../use-cases/admin/store-clock.js';
import { readDocument } from '../../admin-body.js';
import { CHANGE } from '../../admin-roles.js';
import { adminRoute, type AdminRoute } from '../../admin-route.js';
import type { RequestParsers } from '../../ports.js';
import { replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { jsonAnswer } from '../../route.js';
import { REASON_BODY, type ReasonBody } from '../keys/schema.js';
import { CLOCK_RESET } from './schema.js';

export interface StoreDeps {
  readonly operations: { readonly store: StoreOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

const checkReason = compileCheck<ReasonBody>(REASON_BODY);

/** Returns the routes of the store as a whole. */
export function storeRoutes({ operations, parsers }: StoreDeps): readonly AdminRoute[] {
  return [
    adminRoute('resetClock', {
      summary:
        'Set every shard with a clock that is ahead back to the clock of Redis; its tokens become inactive.',
      method: 'POST',
      path: '/admin/v1/store/reset-clock',
      roles: CHANGE,
      json: REASON_BODY,
      responses: {
        200: jsonAnswer('The slots that were reset, and those that were not.', CLOCK_RESET),
      },
      errors: ['clock_not_trusted'],
      handler: async (call) => {
        const { reason } = await readDocument(call, parsers, checkReason);
        const { reset, kept, aheadMs } = await operations.store.resetClock(
          reason,
          adminContextOf(call),
        );
        return replyJson(200, { reset, kept, ahead_ms: aheadMs });
      },
    }),
  ];
}
