import { CountersignError } from '../../../domain/errors.js';
import { PERMANENT_DIMENSIONS } from '../../../domain/revocation.js';
import { compileCheck } from '../../../schema/compile.js';
import type { RevocationOperations } from '../../../use-cases/operations.js';
import { readDocument } from '../../admin-body.js';
import { RESPOND } from '../../admin-roles.js';
import { adminRoute, type AdminRoute } from '../../admin-route.js';
import type { RequestParsers } from '../../ports.js';
import { adminContextOf } from '../../request-context.js';
import { replyOutcome, OUTCOME_RESPONSES } from '../../revocation-outcome.js';
import { LIFT_BODY, REVOCATION_BODY, type RevocationBody } from './schema.js';

export interface RevocationDeps {
  readonly operations: { readonly revocations: RevocationOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

const checkRevocation = compileCheck<RevocationBody>(REVOCATION_BODY);
const checkLift = compileCheck<RevocationBody>(LIFT_BODY);

/** Returns the routes that revoke by any dimension and lift a "deny until lifted". */
export function revocationRoutes(deps: RevocationDeps): readonly AdminRoute[] {
  return [createRevocation(deps), liftRevocation(deps)];
}

function createRevocation({ operations, parsers }: RevocationDeps): AdminRoute {
  return adminRoute('createRevocation', {
    summary: 'Revoke by token, grant, agent, session, task, user, resource, revision, key or all.',
    method: 'POST',
    path: '/admin/v1/revocations',
    roles: RESPOND,
    json: REVOCATION_BODY,
    responses: OUTCOME_RESPONSES,
    errors: ['not_found'],
    handler: async (call) => {
      const body = await readDocument(call, parsers, checkRevocation);
      const { by, value, reason, deny_until_lifted: denyUntilLifted = false } = body;
      refuseValueOfAll(body);
      if (denyUntilLifted) refusePermanent(body);
      const context = adminContextOf(call);
      const command = { by, value, reason, denyUntilLifted };
      return replyOutcome(await operations.revocations.revoke(command, context));
    },
  });
}

function liftRevocation({ operations, parsers }: RevocationDeps): AdminRoute {
  return adminRoute('liftRevocation', {
    summary: 'Lift a "deny until lifted"; revoked tokens stay revoked.',
    method: 'POST',
    path: '/admin/v1/revocations/lift',
    roles: RESPOND,
    json: LIFT_BODY,
    responses: OUTCOME_RESPONSES,
    errors: ['not_found'],
    handler: async (call) => {
      const body = await readDocument(call, parsers, checkLift);
      const { by, value, reason } = body;
      refuseValueOfAll(body);
      refusePermanent(body);
      const context = adminContextOf(call);
      return replyOutcome(await operations.revocations.lift({ by, value, reason }, context));
    },
  });
}

function refuseValueOfAll({ by, value }: RevocationBody): void {
  if (by === 'all' && value !== '*') throw invalid('/value', 'must be * when by is all');
}

function refusePermanent({ by }: RevocationBody): void {
  if (PERMANENT_DIMENSIONS.has(by)) throw invalid('/by', `${by} is revoked for ever`);
}

function invalid(pointer: string, message: string): CountersignError {
  return new CountersignError('invalid_request', 'The document does not fit its schema.', {
    problems: [{ pointer, message }],
  });
}
