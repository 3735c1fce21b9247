import {
  DEFAULT_COVERAGE_PERCENT,
  type FailedCase,
  type TestReport,
} from '../../domain/policy-author.js';
import type { AdmissionStep } from '../../domain/policy-lifecycle.js';
import { DEFAULT_ENTRYPOINT } from '../serving/engine.js';
import { buildIn, type BuiltBundle } from './build.js';
import {
  casesOf,
  compareWithSources,
  decideCases,
  judgeCases,
  type CaseDecision,
  type CasesOutcome,
} from './case-run.js';
import { AuthorFailed } from './failed.js';
import { measureCoverage, runRegoTests } from './rego-tests.js';
import { timedStep } from './report.js';
import type { PolicySources } from './sources.js';
import { inWorkspace, type Toolchain, type Workspace } from './workspace.js';

export interface TestOptions {
  readonly entrypoint?: string;
  /** Minimum line coverage of served Rego, in percent; 0 skips coverage and the Rego tests. */
  readonly coveragePercent?: number;
}

/**
 * Tests a policy.
 * Runs its Rego tests and measures their coverage, then runs its cases in WASM and compares them with `opa eval`. A
 * compile error is a failed step; other failures throw AuthorFailed.
 */
export async function testPolicy(
  sources: PolicySources,
  toolchain: Toolchain,
  options: TestOptions = {},
): Promise<TestReport> {
  return inWorkspace(sources, toolchain, async (workspace) => {
    const steps: AdmissionStep[] = [];
    const built = await compiled(steps, workspace, sources, toolchain);
    if (built === undefined) return { ok: false, steps, failed_cases: [] };
    const percent = await regoTests(steps, workspace, sources, options);
    const failed = await cases(steps, workspace, built, options);
    return {
      ok: steps.every(({ ok }) => ok),
      revision: built.bundle.revision,
      steps,
      ...(percent === undefined ? {} : { coverage_percent: percent }),
      failed_cases: failed,
    };
  });
}

async function compiled(
  steps: AdmissionStep[],
  workspace: Workspace,
  sources: PolicySources,
  { opa }: Toolchain,
): Promise<BuiltBundle | undefined> {
  let built: BuiltBundle | undefined;
  await timedStep(steps, 'compile', async () => {
    try {
      built = await buildIn(workspace, sources, opa.version);
      return { detail: `opa ${opa.version}, revision ${built.bundle.revision}`, problems: [] };
    } catch (error) {
      if (!(error instanceof AuthorFailed) || error.failure !== 'compile') throw error;
      return { detail: error.message, problems: error.problems };
    }
  });
  return built;
}

async function regoTests(
  steps: AdmissionStep[],
  workspace: Workspace,
  { tests }: PolicySources,
  { coveragePercent = DEFAULT_COVERAGE_PERCENT }: TestOptions,
): Promise<number | undefined> {
  if (coveragePercent === 0 && tests.size === 0) return undefined;
  const { problems } = await timedStep(steps, 'rego_tests', () => runRegoTests(workspace));
  // Coverage of failing tests is meaningless.
  if (problems.length > 0) return undefined;
  return (await timedStep(steps, 'coverage', () => measureCoverage(workspace, coveragePercent)))
    .percent;
}

async function cases(
  steps: AdmissionStep[],
  workspace: Workspace,
  built: BuiltBundle,
  { entrypoint = DEFAULT_ENTRYPOINT }: TestOptions,
): Promise<readonly FailedCase[]> {
  const written = casesOf(built);
  let decisions: readonly CaseDecision[] = [];
  const outcome = await timedStep<CasesOutcome>(steps, 'cases', async () => {
    const run = await decideCases(built, entrypoint, workspace.leftMs());
    if ('refused' in run) {
      const detail = 'the service would refuse the bundle';
      return { detail, problems: run.refused, failed: [] };
    }
    ({ decisions } = run);
    return judgeCases(written, decisions);
  });
  if (decisions.length > 0) {
    await timedStep(steps, 'differential', () =>
      compareWithSources(workspace, entrypoint, written, decisions),
    );
  }
  return outcome.failed;
}
