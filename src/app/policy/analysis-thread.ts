import { parentPort, workerData } from 'node:worker_threads';
import { openAuditReader } from '../../audit/reader.js';
import { readBundleArchive, type Bundle } from '../../policy/bundle/read.js';
import { BundleRefused } from '../../policy/bundle/refused.js';
import { diffBundles, type Side } from '../../policy/analysis/diff/diff.js';
import { explainDecision } from '../../policy/analysis/explain/explain.js';
import { evaluateOnce } from '../../policy/analysis/replay/evaluate.js';
import { traceDecision } from '../../policy/analysis/explain/trace.js';
import { createColdJudge, createJudge, type Judge } from '../../policy/analysis/replay/judge.js';
import { replay } from '../../policy/analysis/replay/replay.js';
import { Sample, type DecisionSource } from '../../policy/analysis/replay/sample.js';
import { createStandIns } from '../../policy/analysis/replay/stand-ins.js';
import { tighten } from '../../policy/analysis/tighten/tighten.js';
import { opaAt } from '../../policy/runners/opa.js';
import { signalModel } from '../../signals/simulation/model.js';
import { simulate } from '../../signals/simulation/simulate.js';
import type { PolicyInput } from '../../domain/policy.js';
import type { AnalysisTask } from './analysis-task.js';

// Bundles in the store were verified before they were stored.
const read = (archive: Uint8Array): Promise<Bundle> =>
  readBundleArchive(archive, { verification: 'off' });

/** Time to find inputs for admission, in milliseconds. */
const INPUTS_READ_MS = 500;

type Task<Name> = Extract<AnalysisTask, { task: Name }>;

async function replayTask(task: Task<'replay'>): Promise<unknown> {
  const { entrypoint, sinceMs, untilMs, limit, budgetMs, nowMs } = task;
  const bundle = await read(task.candidate);
  const made = new Map<string, Promise<Judge | undefined>>();
  const reader = openAuditReader(task.storePath);
  try {
    const sample = sampleOf(task, reader, bundle.digest);
    return await replay({
      decisions: sample?.decisions() ?? reader.recordedDecisions(task),
      ...(sample === undefined ? {} : { sample }),
      sinceMs,
      untilMs,
      limit,
      candidate: await createColdJudge(bundle, { entrypoint }),
      standIns: createStandIns(bundle, task.maskKeys),
      baseline: (revision) => {
        const known = made.get(revision) ?? baseline(task, revision);
        made.set(revision, known);
        return known;
      },
      budgetMs,
      nowMs,
      onProgress: (decisions) => parentPort?.postMessage({ progress: { decisions } }),
    });
  } finally {
    reader.close();
  }
}

/** Returns the sample of a gate's replay, read in at most half of its time; undefined for the newest decisions. */
function sampleOf(
  { sample, sinceMs, untilMs, budgetMs, agentId }: Task<'replay'>,
  source: DecisionSource,
  digest: string,
): Sample | undefined {
  if (sample === undefined) return undefined;
  const { minCoverage } = sample;
  return Sample.read(source, {
    ...{ period: { sinceMs, untilMs }, digest, minCoverage, readMs: budgetMs / 2 },
    ...(agentId === undefined ? {} : { agentId }),
  });
}

/**
 * Loads the bundle of past decisions.
 * Also undefined when it can no longer be loaded: the report lists it as missing.
 */
async function baseline(
  { baselines, entrypoint }: Task<'replay'>,
  revision: string,
): Promise<Judge | undefined> {
  const stored = baselines.find((one) => one.revision === revision);
  if (stored === undefined) return undefined;
  try {
    return await createJudge(await read(stored.archive), { entrypoint });
  } catch (error) {
    if (error instanceof BundleRefused) return undefined;
    throw error;
  }
}

/** Returns inputs of the newest decisions, one of each stratum in turn. */
function inputsTask({ storePath, sinceMs, untilMs, limit }: Task<'inputs'>): unknown {
  const reader = openAuditReader(storePath);
  try {
    const sample = Sample.read(reader, {
      ...{ period: { sinceMs, untilMs }, digest: '0', readMs: INPUTS_READ_MS, minCoverage: 0 },
    });
    const inputs: PolicyInput[] = [];
    for (const { input } of sample.decisions(limit)) if (input !== undefined) inputs.push(input);
    return inputs;
  } finally {
    reader.close();
  }
}

async function evaluateTask({ bundle, entrypoint, input }: Task<'evaluate'>): Promise<unknown> {
  return evaluateOnce(await createJudge(await read(bundle), { entrypoint }), input);
}

async function explainTask(task: Task<'explain'>): Promise<unknown> {
  const { decision, entrypoint, maskKeys } = task;
  if (task.bundle === undefined) return explainDecision(decision, undefined);
  const bundle = await read(task.bundle);
  const judge = await createJudge(bundle, { entrypoint });
  const standIns = createStandIns(bundle, maskKeys);
  const explanation = await explainDecision(decision, { bundle, judge, standIns });
  if (decision.input === undefined) return explanation;
  const opa = task.opa === undefined ? undefined : opaAt(task.opa);
  const traced = await traceDecision(opa, { bundle, entrypoint }, decision.input);
  return { ...explanation, ...traced };
}

async function diffTask(task: Task<'diff'>): Promise<unknown> {
  const side = async (archive: Uint8Array): Promise<Side> => {
    const bundle = await read(archive);
    return { bundle, judge: await createJudge(bundle, { entrypoint: task.entrypoint }) };
  };
  const reader = openAuditReader(task.storePath);
  try {
    return await diffBundles(
      await side(task.from),
      await side(task.to),
      reader.recordedDecisions(task),
    );
  } finally {
    reader.close();
  }
}

async function tightenTask(task: Task<'tighten'>): Promise<unknown> {
  const { entrypoint, sinceMs, untilMs } = task;
  const reader = openAuditReader(task.storePath);
  try {
    return await tighten({
      decisions: () => reader.recordedDecisions(task),
      sinceMs,
      untilMs,
      bundle: await read(task.bundle),
      judgeOf: (bundle) => createJudge(bundle, { entrypoint }),
    });
  } finally {
    reader.close();
  }
}

function simulateTask({ storePath, only, budgetMs, ...options }: Task<'simulate'>): unknown {
  const reader = openAuditReader(storePath);
  try {
    return simulate({
      record: reader.signalEvents(),
      model: signalModel,
      options,
      clock: () => performance.now(),
      budgetMs,
      ...(only === undefined ? {} : { only: new Set(only) }),
      onProgress: (events) => parentPort?.postMessage({ progress: { events } }),
    });
  } finally {
    reader.close();
  }
}

async function run(task: AnalysisTask): Promise<unknown> {
  switch (task.task) {
    case 'replay':
      return replayTask(task);
    case 'evaluate':
      return evaluateTask(task);
    case 'diff':
      return diffTask(task);
    case 'tighten':
      return tightenTask(task);
    case 'simulate':
      return simulateTask(task);
    case 'inputs':
      return inputsTask(task);
    case 'explain':
      return explainTask(task);
  }
}

try {
  const value = await run(workerData as AnalysisTask);
  parentPort?.postMessage({ answer: { ok: true, value } });
} catch (error) {
  if (!(error instanceof BundleRefused)) throw error;
  parentPort?.postMessage({ answer: { ok: false, problems: [...error.problems] } });
}
