import { CountersignError } from '../../../../domain/errors.js';
import type {
  AuthorOperations,
  BuildOrder,
  TestOrder,
} from '../../../../use-cases/policy/author.js';
import { readArchive } from '../../../admin-body.js';
import { CHANGE } from '../../../admin-roles.js';
import { adminRoute, type AdminRoute } from '../../../admin-route.js';
import type { Call } from '../../../call.js';
import { readQuery, refuseQuery } from '../../../query.js';
import { replyJson } from '../../../reply.js';
import { jsonAnswer } from '../../../route.js';
import { BUILD_QUERY, BUILT, CHECK_REPORT, TEST_QUERY, TEST_REPORT } from './schema.js';

export interface AuthorDeps {
  readonly operations: { readonly policyAuthor: AuthorOperations };
}

const COMMON = { method: 'POST', bundle: true, errors: ['conflict', 'slow_down'] } as const;

/** Returns the routes that build, test and check policy sources; they store nothing. */
export function authorRoutes(deps: AuthorDeps): readonly AdminRoute[] {
  return [buildSources(deps), testSources(deps), checkSources(deps)];
}

function buildSources({ operations }: AuthorDeps): AdminRoute {
  return adminRoute('buildPolicy', {
    ...COMMON,
    summary: 'Compile a tar.gz of Rego to a bundle.',
    path: '/admin/v1/policy/build',
    roles: CHANGE,
    query: BUILD_QUERY,
    responses: { 200: jsonAnswer('The build report and the bundle.', BUILT) },
    handler: async (call) => {
      const order = buildOrder(call);
      const { archive, ...summary } = await operations.policyAuthor.build(
        await readArchive(call),
        order,
      );
      return replyJson(200, { ...summary, archive: Buffer.from(archive).toString('base64') });
    },
  });
}

/** Tests sources; 200 even when a test fails, which the report shows. */
function testSources({ operations }: AuthorDeps): AdminRoute {
  return adminRoute('testPolicy', {
    ...COMMON,
    summary: 'Run the Rego tests of a tar.gz, and its cases in WASM.',
    path: '/admin/v1/policy/test',
    roles: CHANGE,
    query: TEST_QUERY,
    responses: { 200: jsonAnswer('Every step with its result.', TEST_REPORT) },
    handler: async (call) => {
      const order = testOrder(call);
      return replyJson(200, await operations.policyAuthor.test(await readArchive(call), order));
    },
  });
}

/** Checks sources; 200 with any findings. */
function checkSources({ operations }: AuthorDeps): AdminRoute {
  return adminRoute('checkPolicy', {
    ...COMMON,
    summary: 'Check a tar.gz of Rego against the contract of the service.',
    path: '/admin/v1/policy/check',
    roles: CHANGE,
    responses: { 200: jsonAnswer('Every finding with file and line.', CHECK_REPORT) },
    handler: async (call) => {
      refuseQuery(call);
      return replyJson(200, await operations.policyAuthor.check(await readArchive(call)));
    },
  });
}

function buildOrder(call: Call): BuildOrder {
  const { sequence, revision } = readQuery(call, ['sequence', 'revision']);
  const number = Number(sequence);
  if (sequence !== undefined && !(/^[0-9]{1,16}$/.test(sequence) && Number.isSafeInteger(number))) {
    throw new CountersignError('invalid_request', 'sequence must be a whole number, 0 or more.');
  }
  if (revision !== undefined && !/^[A-Za-z0-9][A-Za-z0-9._:+/=-]{0,127}$/.test(revision)) {
    throw new CountersignError(
      'invalid_request',
      'revision must be 1 to 128 of A-Z a-z 0-9 ._:+/=-.',
    );
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
  throw new CountersignError('invalid_request', 'threshold must be between 0 and 100.');
}
