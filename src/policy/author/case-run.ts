import type { FailedCase } from '../../domain/policy-author.js';
import type { PolicyResult } from '../../domain/policy.js';
import { canonicalJson } from '../json/canonical.js';
import { readResult } from '../serving/result.js';
import { WorkerFailed, WorkerTimedOut } from '../../threads/failures.js';
import { runInWorker } from '../../threads/run-in-worker.js';
import type { BuiltBundle } from './build.js';
import { compareCase, parseCases, type PolicyCase } from './cases.js';
import { AuthorFailed } from './failed.js';
import type { StepOutcome } from './report.js';
import { linesOf, WITH_CAPABILITIES, type Workspace } from './workspace.js';

/** Input of the worker thread. */
export interface CaseTask {
  readonly archive: Uint8Array;
  readonly entrypoint: string;
}

export type CaseDecision = { readonly result: PolicyResult } | { readonly fault: string };

/** Answer of the thread: decisions in the order of the cases, or why the bundle cannot decide at all. */
export type CaseRun =
  | { readonly refused: readonly string[] }
  | { readonly decisions: readonly CaseDecision[] };

const HEAP_MIB = 512;

/** Decides every case of a bundle in its WASM, in a thread with a deadline. Throws AuthorFailed. */
export async function decideCases(
  { archive }: Pick<BuiltBundle, 'archive'>,
  entrypoint: string,
  deadlineMs: number,
): Promise<CaseRun> {
  const task: CaseTask = { archive, entrypoint };
  const limits = { deadlineMs, heapMiB: HEAP_MIB };
  try {
    return await runInWorker<CaseRun>(new URL('./case-worker', import.meta.url), task, limits);
  } catch (error) {
    if (error instanceof WorkerTimedOut) {
      const why = `the cases took over ${String(deadlineMs)} ms in WASM`;
      throw new AuthorFailed('deadline', why, [], error);
    }
    if (!(error instanceof WorkerFailed)) throw error;
    throw new AuthorFailed('compile', 'the thread that decides the cases ended', [error.message]);
  }
}

export function casesOf({ bundle }: BuiltBundle): readonly PolicyCase[] {
  return parseCases(bundle.cases);
}

export interface CasesOutcome extends StepOutcome {
  readonly failed: readonly FailedCase[];
}

/** Compares every case with its decision. */
export function judgeCases(
  cases: readonly PolicyCase[],
  decisions: readonly CaseDecision[],
): CasesOutcome {
  if (cases.length === 0) {
    const problems = ['write cases/*.json, or name a folder with --cases'];
    return { detail: 'no cases found', problems, failed: [] };
  }
  const failed = cases.flatMap((one, at) => {
    const decision = decisions[at] ?? { fault: 'was not decided' };
    const problems =
      'fault' in decision
        ? [`the engine failed, ${decision.fault}`]
        : compareCase(one, decision.result);
    return problems.length === 0 ? [] : [{ file: one.file, name: one.name, problems }];
  });
  const passed = cases.length - failed.length;
  return {
    detail: `${String(passed)} of ${String(cases.length)} passed in WASM`,
    problems: failed.flatMap(({ file, name, problems }) =>
      problems.map((problem) => `${file}: ${name}: ${problem}`),
    ),
    failed,
  };
}

/** Compares each WASM decision with `opa eval` of the sources, in one run. Throws AuthorFailed. */
export async function compareWithSources(
  workspace: Workspace,
  entrypoint: string,
  cases: readonly PolicyCase[],
  decisions: readonly CaseDecision[],
): Promise<StepOutcome> {
  const term = entrypoint.split('/').map((part) => `[${JSON.stringify(part)}]`);
  const decision = `data${term.join('')} with input as item`;
  const query = `{position: answer | some position, item in input; answer := ${decision}}`;
  const run = await workspace.opa(
    [
      ...['eval', '-b', '.', '--ignore', '*_test.rego', ...WITH_CAPABILITIES],
      ...['--stdin-input', '-f', 'raw', query],
    ],
    { input: JSON.stringify(cases.map(({ input }) => input)) },
  );
  if (run.code !== 0) return { detail: 'opa eval failed', problems: linesOf(run) };
  const answers = JSON.parse(run.stdout) as Readonly<Record<string, unknown>>;
  let compared = 0;
  const problems = cases.flatMap(({ file, name }, at) => {
    const served = decisions[at];
    // A fault already counts as a failed case.
    if (served === undefined || 'fault' in served) return [];
    compared += 1;
    const [wasm, eval_] = [inWasm(served.result), inSources(answers[String(at)])];
    return wasm === eval_ ? [] : [`${file}: ${name}: WASM ${wasm}, opa eval ${eval_}`];
  });
  const alike = compared - problems.length;
  return { detail: `${String(alike)} of ${String(compared)} alike in opa eval`, problems };
}

const NOT_THE_CONTRACT = 'not a valid decision';

function inWasm(result: PolicyResult): string {
  const refused = result.reasons.some(({ rule }) => rule === 'countersign.engine');
  return refused ? NOT_THE_CONTRACT : canonicalJson(result);
}

function inSources(answer: unknown): string {
  const checked = readResult(JSON.stringify(answer === undefined ? [] : [{ result: answer }]));
  if (!checked.ok) return NOT_THE_CONTRACT;
  const { authorization_details: details, max_uses: uses } = checked.value.grant ?? {};
  const enforced = details === undefined && uses === undefined;
  return enforced ? canonicalJson(checked.value) : NOT_THE_CONTRACT;
}
