import type { Config } from '../../config/config.js';
import type { Secrets } from '../../config/secrets.js';
import { maskKey } from '../../audit/keep-input.js';
import type { AnalysisOperations } from '../../authorize/policy/analysis.js';
import { evaluateInput } from '../../authorize/policy/evaluate.js';
import { replayBundle, type ReplayRequest } from '../../authorize/policy/replay.js';
import { systemClock } from '../../domain/clock.js';
import { CountersignError, unavailable } from '../../domain/errors.js';
import type { PolicyStore } from '../../domain/policy-lifecycle.js';
import {
  runInWorker,
  WorkerTimedOut,
  type WorkerLimits,
} from '../../policy/worker/run-in-worker.js';
import type { AnalysisAnswer, AnalysisAnswers, AnalysisTask } from './analysis-task.js';

const THREAD = new URL('./analysis-thread', import.meta.url);

/** No decision is begun after this; what was replayed by then is reported. */
const REPLAY_BUDGET_MS = 60_000;
/** On top of it: making the thread and the instances, and shrinking. */
const THREAD_LIMITS = { deadlineMs: 120_000, heapMiB: 512 };
const EVALUATE_LIMITS = { deadlineMs: 10_000, heapMiB: 256 };

export interface AnalysisParts {
  readonly config: {
    readonly policy: Pick<Config['policy'], 'entrypoint'>;
    readonly audit: Pick<Config['audit'], 'storePath'>;
  };
  readonly secrets: Pick<Secrets, 'keyEncryptionKey' | 'previousKeyEncryptionKey'>;
  readonly store: PolicyStore;
}

/** The analysis of recorded decisions and stored bundles, in threads of its own. */
export function createAnalysis(
  parts: AnalysisParts,
): Pick<AnalysisOperations, 'replay' | 'evaluate'> {
  const { store } = parts;
  const alone = oneAtATime();
  const deps = { store, clock: systemClock };
  return {
    replay: (command, context) =>
      alone(() =>
        replayBundle({ ...deps, run: (request) => runReplay(parts, request) }, command, context),
      ),
    evaluate: (command) =>
      evaluateInput(
        {
          store,
          run: (bundle, input) =>
            inThread(
              { task: 'evaluate', entrypoint: parts.config.policy.entrypoint, bundle, input },
              EVALUATE_LIMITS,
            ),
        },
        command,
      ),
  };
}

function runReplay(
  parts: AnalysisParts,
  request: ReplayRequest,
): Promise<AnalysisAnswers['replay']> {
  return inThread(
    {
      task: 'replay',
      ...request,
      ...recordOf(parts),
      budgetMs: REPLAY_BUDGET_MS,
      nowMs: systemClock.nowMs(),
    },
    THREAD_LIMITS,
  );
}

/** Where the record is, and what its masked values can be compared with. */
function recordOf({ config, secrets }: AnalysisParts): {
  readonly entrypoint: string;
  readonly storePath: string;
  readonly maskKeys: readonly Uint8Array[];
} {
  const { keyEncryptionKey: key, previousKeyEncryptionKey: previous } = secrets;
  return {
    entrypoint: config.policy.entrypoint,
    storePath: config.audit.storePath,
    maskKeys: [key, ...(previous === undefined ? [] : [previous])].map(maskKey),
  };
}

/** Throws `conflict` when the bundle is refused or takes too long, 503 when the thread fails. */
async function inThread<Task extends AnalysisTask>(
  task: Task,
  limits: WorkerLimits,
): Promise<AnalysisAnswers[Task['task']]> {
  let answer: AnalysisAnswer<Task['task']>;
  try {
    answer = await runInWorker(THREAD, task, limits);
  } catch (error) {
    if (!(error instanceof WorkerTimedOut)) throw unavailable(`analysis: ${task.task}`, error);
    throw new CountersignError('conflict', 'The bundle took too long, and was ended.');
  }
  if (answer.ok) return answer.value;
  throw new CountersignError('conflict', 'The bundle cannot be loaded.', {
    problems: answer.problems.map((message) => ({ pointer: '', message })),
  });
}

/** A long analysis has one core to itself; two would share it with the requests that are decided. */
function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let busy = false;
  return async (work) => {
    if (busy) throw new CountersignError('conflict', 'Another analysis is under way here.');
    busy = true;
    try {
      return await work();
    } finally {
      busy = false;
    }
  };
}
