import type { RevocationOperations } from '../../../use-cases/operations.js';
import { CountersignError } from '../../../domain/errors.js';
import { PERMANENT_DIMENSIONS } from '../../../domain/revocation.js';
import { compileCheck } from '../../../schema/compile.js';
import { readDocument } from '../../admin-body.js';
import type { Handler } from '../../call.js';
import type { RequestParsers } from '../../ports.js';
import { adminContextOf } from '../../request-context.js';
import { replyOutcome } from './outcome.js';
import { LIFT_BODY, REVOCATION_BODY, type RevocationBody } from './schema.js';

export interface RevocationDeps {
  readonly operations: { readonly revocations: RevocationOperations };
  readonly parsers: Pick<RequestParsers, 'parseJson'>;
}

const checkRevocation = compileCheck<RevocationBody>(REVOCATION_BODY);
const checkLift = compileCheck<RevocationBody>(LIFT_BODY);

/** POST /admin/v1/revocations. */
export function createRevocation({ operations, parsers }: RevocationDeps): Handler {
  return async (call) => {
    const body = await readDocument(call, parsers, checkRevocation);
    const { by, value, reason, deny_until_lifted: denyUntilLifted = false } = body;
    refuseValueOfAll(body);
    if (denyUntilLifted) refusePermanent(body);
    const context = adminContextOf(call);
    const command = { by, value, reason, denyUntilLifted };
    return replyOutcome(await operations.revocations.revoke(command, context));
  };
}

/** POST /admin/v1/revocations/lift. */
export function liftRevocation({ operations, parsers }: RevocationDeps): Handler {
  return async (call) => {
    const body = await readDocument(call, parsers, checkLift);
    const { by, value, reason } = body;
    refuseValueOfAll(body);
    refusePermanent(body);
    const context = adminContextOf(call);
    return replyOutcome(await operations.revocations.lift({ by, value, reason }, context));
  };
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
