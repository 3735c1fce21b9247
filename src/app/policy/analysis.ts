import type { Config } from '../../config/config.js';
import type { AuditReads } from '../../audit/reads.js';
import type { AnalysisOperations } from '../../use-cases/policy/analysis.js';
import { diffStored } from '../../use-cases/policy/diff.js';
import { evaluateInput } from '../../use-cases/policy/evaluate.js';
import { explainRecorded } from '../../use-cases/policy/explain.js';
import { replayBundle } from '../../use-cases/policy/replay.js';
import { tightenGrants, type TightenDeps } from '../../use-cases/policy/tighten.js';
import { simulateSignals, type SimulateDeps } from '../../use-cases/admin/simulate-signals.js';
import { systemClock } from '../../domain/clock.js';
import type { PolicyStore } from '../../domain/policy-lifecycle.js';
import { findOpaBinary } from '../../policy/runners/opa.js';
import { createAnalysisQueues, type AnalysisQueues, type InTurn } from './analysis-queues.js';
import { inThread as runInThread, type InThread } from './in-thread.js';

/** Time after which no further decision starts, in milliseconds; the report covers those until then. */
const REPLAY_BUDGET_MS = 60_000;
/** Includes time for creating the thread and the instances, and for shrinking. */
const LONG = { deadlineMs: 120_000, heapMiB: 512 };
const SHORT = { deadlineMs: 10_000, heapMiB: 256 };
/** An explanation also runs opa, which has ten seconds. */
const EXPLAIN = { deadlineMs: 20_000, heapMiB: 256 };
/** Maximum number of recorded decisions in a diff. */
const DIFF_DECISIONS = 5000;
const DIFF_SINCE_MS = 30 * 86_400_000;
/** Maximum number of granted requests in an analysis, newest first. */
const TIGHTEN_DECISIONS = 500_000;

export interface AnalysisParts {
  readonly config: {
    readonly policy: Pick<Config['policy'], 'entrypoint'>;
    readonly audit: Pick<Config['audit'], 'storePath'>;
  };
  /** Keys that may have produced masked values. */
  readonly maskKeys: readonly Uint8Array[];
  readonly store: PolicyStore;
  readonly auditReader: Pick<AuditReads, 'decision'>;
  /** Waits until new records are readable. */
  readonly audit: { settle(): Promise<unknown> };
  readonly agents: TightenDeps['agents'];
  readonly agentStore: SimulateDeps['agents'];
  readonly shards: number;
  /** Terminates the threads. */
  readonly signal?: AbortSignal;
  /** Multiplies the deadlines of the threads; 1 by default. */
  readonly patience?: number;
}

/** The analysis for callers, and the replay that every activation must pass. */
export interface Analysis {
  readonly operations: AnalysisOperations;
  readonly gate: Pick<AnalysisOperations, 'replay'>;
}

/** Creates the analysis of recorded decisions and stored bundles, in worker threads. */
export function createAnalysis(
  parts: AnalysisParts,
  queues: AnalysisQueues = createAnalysisQueues(),
): Analysis {
  const settle = (): Promise<unknown> => parts.audit.settle();
  return {
    operations: {
      ...replayIn(parts, queues.long, settle),
      ...longOnes(parts, queues.long, settle),
      ...shortOnes(parts, queues.short, settle),
    },
    gate: replayIn(parts, queues.gate, settle),
  };
}

type Settle = () => Promise<unknown>;

/** Returns inThread with the signal that terminates the threads of this service. */
function threadsOf({ signal, patience = 1 }: AnalysisParts): InThread {
  return (task, limits) => {
    const deadlineMs = limits.deadlineMs * patience;
    const stop = signal === undefined ? {} : { signal };
    return runInThread(task, { ...limits, deadlineMs, ...stop });
  };
}

function shortOnes(
  parts: AnalysisParts,
  inTurn: InTurn,
  settle: Settle,
): Pick<AnalysisOperations, 'evaluate' | 'explain'> {
  const { store } = parts;
  const { entrypoint, maskKeys } = recordOf(parts);
  const inThread = threadsOf(parts);
  const decision: Parameters<typeof explainRecorded>[0]['decision'] = async (id) => {
    await settle();
    return parts.auditReader.decision(id);
  };
  const evaluate: Parameters<typeof evaluateInput>[0]['run'] = (bundle, input) =>
    inThread({ task: 'evaluate', entrypoint, bundle, input }, SHORT);
  const explain: Parameters<typeof explainRecorded>[0]['explain'] = async (found, archive) => {
    const opa = archive === undefined ? undefined : await findOpaBinary();
    const bundle = archive === undefined ? {} : { bundle: archive };
    const tracer = opa === undefined ? {} : { opa };
    const task = { task: 'explain', entrypoint, maskKeys, decision: found } as const;
    return inThread({ ...task, ...bundle, ...tracer }, EXPLAIN);
  };
  return {
    evaluate: (command, context) =>
      inTurn(context, () => evaluateInput({ store, run: evaluate }, command)),
    explain: (decisionId, context) =>
      inTurn(context, () => explainRecorded({ store, decision, explain }, decisionId)),
  };
}

function replayIn(
  parts: AnalysisParts,
  inTurn: InTurn,
  settle: Settle,
): Pick<AnalysisOperations, 'replay'> {
  const { store } = parts;
  const record = recordOf(parts);
  const inThread = threadsOf(parts);
  const clock = systemClock;
  return {
    replay: (command, context) =>
      inTurn(context, async () => {
        await settle();
        const budgetMs = REPLAY_BUDGET_MS;
        const run: Parameters<typeof replayBundle>[0]['run'] = (request) =>
          inThread({ task: 'replay', ...record, ...request, budgetMs, nowMs: clock.nowMs() }, LONG);
        return replayBundle({ store, clock, run }, command, context);
      }),
  };
}

function longOnes(
  parts: AnalysisParts,
  inTurn: InTurn,
  settle: Settle,
): Pick<AnalysisOperations, 'diff' | 'tighten' | 'simulate'> {
  const { store, agents } = parts;
  const record = recordOf(parts);
  const inThread = threadsOf(parts);
  const clock = systemClock;
  return {
    diff: (from, to, context) =>
      inTurn(context, () => {
        const untilMs = clock.nowMs();
        const time = { sinceMs: untilMs - DIFF_SINCE_MS, untilMs, limit: DIFF_DECISIONS };
        const run: Parameters<typeof diffStored>[0]['run'] = (before, after) =>
          inThread({ task: 'diff', ...record, ...time, from: before, to: after }, LONG);
        return diffStored({ store, run }, from, to);
      }),
    tighten: (command, context) =>
      inTurn(context, async () => {
        await settle();
        const run: TightenDeps['run'] = (request) =>
          inThread({ task: 'tighten', ...record, ...request, limit: TIGHTEN_DECISIONS }, LONG);
        return tightenGrants({ store, clock, agents, run }, command);
      }),
    simulate: (command, context) =>
      inTurn(context, async () => {
        await settle();
        const { storePath } = record;
        const run: SimulateDeps['run'] = (options) =>
          inThread({ task: 'simulate', storePath, ...options, budgetMs: REPLAY_BUDGET_MS }, LONG);
        return simulateSignals(
          { agents: parts.agentStore, shards: parts.shards, clock, run },
          command,
        );
      }),
  };
}

interface RecordPlace {
  readonly entrypoint: string;
  readonly storePath: string;
  readonly maskKeys: readonly Uint8Array[];
}

/** Returns the location of the record, and the keys of its masked values. */
function recordOf({ config, maskKeys }: AnalysisParts): RecordPlace {
  const { policy, audit } = config;
  return { entrypoint: policy.entrypoint, storePath: audit.storePath, maskKeys };
}
