import { createAuthorOperations, type AuthorOperations } from '../../use-cases/policy/author.js';
import type { PolicyConfig } from '../../config/policy.js';
import { CountersignError } from '../../domain/errors.js';
import { buildPolicy } from '../../policy/author/build.js';
import { checkPolicy } from '../../policy/author/check/check-policy.js';
import { AuthorFailed } from '../../policy/author/failed.js';
import { readSourceArchive, type PolicySources } from '../../policy/author/sources.js';
import { buildSummary } from '../../policy/author/summary.js';
import { testPolicy } from '../../policy/author/test-policy.js';
import type { Toolchain } from '../../policy/author/workspace.js';
import { findOpa, type Opa } from '../../policy/runners/opa.js';

const DEADLINE_MS = 60_000;

export interface WorkshopOptions {
  readonly findOpa?: () => Promise<Opa | undefined>;
  readonly deadlineMs?: number;
}

/** Builds, tests and checks sources with the opa of this machine, which each request looks up. */
export function createAuthor(
  { entrypoint }: Pick<PolicyConfig, 'entrypoint'>,
  { findOpa: find = findOpa, deadlineMs = DEADLINE_MS }: WorkshopOptions = {},
): AuthorOperations {
  const work = async <T>(
    archive: Uint8Array,
    how: (sources: PolicySources, toolchain: Toolchain) => Promise<T>,
  ): Promise<T> => {
    const opa = await find();
    if (opa === undefined) throw noOpa();
    try {
      return await how(await readSourceArchive(archive), { opa, deadlineMs });
    } catch (error) {
      throw error instanceof AuthorFailed ? publicly(error) : error;
    }
  };
  return createAuthorOperations({
    build: (archive, order) =>
      work(archive, async (sources, toolchain) => {
        const built = await buildPolicy(sources, toolchain, order);
        return { ...buildSummary(built), archive: built.archive };
      }),
    test: (archive, order) =>
      work(archive, (sources, toolchain) =>
        testPolicy(sources, toolchain, { ...order, entrypoint }),
      ),
    check: (archive) =>
      work(archive, (sources, toolchain) => checkPolicy(sources, toolchain, { entrypoint })),
  });
}

function noOpa(): CountersignError {
  return new CountersignError(
    'conflict',
    'This server has no opa: put it on its PATH, set COUNTERSIGN_OPA, or run `countersign policy build`, `test` or `check` on a machine with opa.',
  );
}

function publicly(failed: AuthorFailed): CountersignError {
  const problems = failed.problems.map((message) => ({ pointer: '', message }));
  const code = failed.failure === 'toolchain' ? 'conflict' : 'invalid_request';
  const detail = `${failed.message.charAt(0).toUpperCase()}${failed.message.slice(1)}.`;
  return new CountersignError(code, detail, { problems }, failed.message, failed);
}
