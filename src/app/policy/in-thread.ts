import { CountersignError, unavailable } from '../../domain/errors.js';
import { WorkerTimedOut } from '../../threads/failures.js';
import { runInWorker, type WorkerLimits } from '../../threads/run-in-worker.js';
import type { AnalysisAnswer, AnalysisAnswers, AnalysisTask } from './analysis-task.js';

const THREAD = new URL('./analysis-thread', import.meta.url);

export type InThread = <Task extends AnalysisTask>(
  task: Task,
  limits: WorkerLimits,
) => Promise<AnalysisAnswers[Task['task']]>;

/**
 * Runs a task in a worker thread, so that no bundle can block the event loop of the service.
 * Throws `conflict` when a bundle is refused or takes too long, 503 when the thread fails.
 */
export async function inThread<Task extends AnalysisTask>(
  task: Task,
  limits: WorkerLimits,
): Promise<AnalysisAnswers[Task['task']]> {
  let answer: AnalysisAnswer<Task['task']>;
  try {
    answer = await runInWorker(THREAD, task, limits);
  } catch (error) {
    if (!(error instanceof WorkerTimedOut)) throw unavailable(`analysis: ${task.task}`, error);
    throw new CountersignError('conflict', 'The bundle took too long and was terminated.');
  }
  if (answer.ok) return answer.value;
  throw new CountersignError('conflict', 'A bundle cannot be loaded.', {
    problems: answer.problems.map((message) => ({ pointer: '', message })),
  });
}
