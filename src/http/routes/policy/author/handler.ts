import type {
  AuthorOperations,
  BuildOrder,
  TestOrder,
} from '../../../../use-cases/policy/author.js';
import { CountersignError } from '../../../../domain/errors.js';
import { readArchive } from '../../../admin-body.js';
import type { Call, Handler } from '../../../call.js';
import { readQuery, refuseQuery } from '../../../query.js';
import { replyJson } from '../../../reply.js';

export interface AuthorDeps {
  readonly operations: { readonly policyAuthor: AuthorOperations };
}

/** POST /admin/v1/policy/build. */
export function buildSources({ operations }: AuthorDeps): Handler {
  return async (call) => {
    const order = buildOrder(call);
    const { archive, ...summary } = await operations.policyAuthor.build(
      await readArchive(call),
      order,
    );
    return replyJson(200, { ...summary, archive: Buffer.from(archive).toString('base64') });
  };
}

/** POST /admin/v1/policy/test: 200 also when a test fails; the report says so. */
export function testSources({ operations }: AuthorDeps): Handler {
  return async (call) => {
    const order = testOrder(call);
    return replyJson(200, await operations.policyAuthor.test(await readArchive(call), order));
  };
}

/** POST /admin/v1/policy/check: 200 whatever was found. */
export function checkSources({ operations }: AuthorDeps): Handler {
  return async (call) => {
    refuseQuery(call);
    return replyJson(200, await operations.policyAuthor.check(await readArchive(call)));
  };
}

function buildOrder(call: Call): BuildOrder {
  const { sequence, revision } = readQuery(call, ['sequence', 'revision']);
  const number = Number(sequence);
  if (sequence !== undefined && !(/^[0-9]{1,16}$/.test(sequence) && Number.isSafeInteger(number))) {
    throw new CountersignError('invalid_request', 'sequence is a whole number, 0 or more.');
  }
  if (revision !== undefined && !/^[A-Za-z0-9][A-Za-z0-9._:+/=-]{0,127}$/.test(revision)) {
    throw new CountersignError('invalid_request', 'revision is 1 to 128 of A-Z a-z 0-9 ._:+/=-.');
  }
  return {
    ...(sequence === undefined ? {} : { sequence: number }),
    ...(revision === undefined ? {} : { revision }),
  };
}

function testOrder(call: Call): TestOrder {
  const { threshold } = readQuery(call, ['threshold']);
  if (threshold === undefined) return {};
  const coveragePercent = Number(threshold);
  if (/^[0-9]{1,3}(\.[0-9]{1,3})?$/.test(threshold) && coveragePercent <= 100) {
    return { coveragePercent };
  }
  throw new CountersignError('invalid_request', 'threshold is between 0 and 100.');
}
