import type { Config } from '../../config/config.js';
import type { AuditReader } from '../../audit/reader.js';
import type { AnalysisOperations } from '../../use-cases/policy/analysis.js';
import { diffStored } from '../../use-cases/policy/diff.js';
import { evaluateInput } from '../../use-cases/policy/evaluate.js';
import { explainRecorded } from '../../use-cases/policy/explain.js';
import { replayBundle } from '../../use-cases/policy/replay.js';
import { tightenGrants, type TightenDeps } from '../../use-cases/policy/tighten.js';
import { simulateSignals, type SimulateDeps } from '../../use-cases/admin/simulate-signals.js';
import type { AuditOperations } from '../../use-cases/operations.js';
import { systemClock } from '../../domain/clock.js';
import type { Explanation } from '../../domain/policy-analysis.js';
import type { PolicyStore, RecordedDecision } from '../../domain/policy-lifecycle.js';
import { readBundleArchive } from '../../policy/bundle/read.js';
import { traceDecision } from '../../policy/analysis/explain/trace.js';
import { findOpa } from '../../policy/runners/opa.js';
import { inThread, oneAtATime } from './in-thread.js';

/** Time after which no further decision starts, in milliseconds; the report covers those until then. */
const REPLAY_BUDGET_MS = 60_000;
/** Includes time for creating the thread and the instances, and for shrinking. */
const LONG = { deadlineMs: 120_000, heapMiB: 512 };
const SHORT = { deadlineMs: 10_000, heapMiB: 256 };
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
  readonly auditReader: Pick<AuditReader, 'decision'>;
  /** Waits until new records are readable. */
  readonly audit: AuditOperations;
  readonly agents: TightenDeps['agents'];
  readonly agentStore: SimulateDeps['agents'];
  readonly shards: number;
}

/** Creates the analysis of recorded decisions and stored bundles, in worker threads. */
export function createAnalysis(parts: AnalysisParts): AnalysisOperations {
  const alone = oneAtATime();
  const settle = (): Promise<unknown> =>
    parts.audit.query({ cursor: undefined, limit: 1, order: 'desc' });
  return { ...longOnes(parts, alone, settle), ...shortOnes(parts, settle) };
}

type Settle = () => Promise<unknown>;

function shortOnes(
  parts: AnalysisParts,
  settle: Settle,
): Pick<AnalysisOperations, 'evaluate' | 'explain'> {
  const { store } = parts;
  const record = recordOf(parts);
  const { entrypoint } = record;
  return {
    evaluate: (command) =>
      evaluateInput(
        {
          store,
          run: (bundle, input) => inThread({ task: 'evaluate', entrypoint, bundle, input }, SHORT),
        },
        command,
      ),
    explain: (decisionId) =>
      explainRecorded(
        {
          store,
          decision: async (id) => {
            await settle();
            return parts.auditReader.decision(id);
          },
          explain: (decision, archive) => explainWithTrace(record, decision, archive),
        },
        decisionId,
      ),
  };
}

function longOnes(
  parts: AnalysisParts,
  alone: ReturnType<typeof oneAtATime>,
  settle: Settle,
): Pick<AnalysisOperations, 'replay' | 'diff' | 'tighten' | 'simulate'> {
  const { store, agents } = parts;
  const record = recordOf(parts);
  const clock = systemClock;
  return {
    replay: (command, context) =>
      alone(async () => {
        await settle();
        const budgetMs = REPLAY_BUDGET_MS;
        const run: Parameters<typeof replayBundle>[0]['run'] = (request) =>
          inThread({ task: 'replay', ...record, ...request, budgetMs, nowMs: clock.nowMs() }, LONG);
        return replayBundle({ store, clock, run }, command, context);
      }),
    diff: (from, to) =>
      alone(() => {
        const untilMs = clock.nowMs();
        const time = { sinceMs: untilMs - DIFF_SINCE_MS, untilMs, limit: DIFF_DECISIONS };
        const run: Parameters<typeof diffStored>[0]['run'] = (before, after) =>
          inThread({ task: 'diff', ...record, ...time, from: before, to: after }, LONG);
        return diffStored({ store, run }, from, to);
      }),
    tighten: (command) =>
      alone(async () => {
        await settle();
        const run: TightenDeps['run'] = (request) =>
          inThread({ task: 'tighten', ...record, ...request, limit: TIGHTEN_DECISIONS }, LONG);
        return tightenGrants({ store, clock, agents, run }, command);
      }),
    simulate: (command) =>
      alone(async () => {
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

async function explainWithTrace(
  { entrypoint, maskKeys }: RecordPlace,
  decision: RecordedDecision,
  archive: Uint8Array | undefined,
): Promise<Explanation> {
  const bundle = archive === undefined ? {} : { bundle: archive };
  const task = { task: 'explain', entrypoint, maskKeys, decision, ...bundle } as const;
  const explanation = await inThread(task, SHORT);
  if (archive === undefined || decision.input === undefined) return explanation;
  // Bundles in the store were verified before they were stored.
  const read = await readBundleArchive(archive, { verification: 'off' });
  const traced = await traceDecision(await findOpa(), { bundle: read, entrypoint }, decision.input);
  return { ...explanation, ...traced };
}
