import { createAuthorOperations, type AuthorOperations } from '../../use-cases/policy/author.js';
import type { PolicyConfig } from '../../config/policy.js';
import { CountersignError, unavailable } from '../../domain/errors.js';
import { findOpaBinary, type OpaBinary } from '../../policy/runners/opa.js';
import { receivedError } from '../../threads/call-message.js';
import { WorkerTimedOut } from '../../threads/failures.js';
import { runInWorker } from '../../threads/run-in-worker.js';
import type { AuthorAnswer, AuthorAnswers, AuthorJob, AuthorTask } from './author-task.js';

const THREAD = new URL('./author-thread', import.meta.url);
const DEADLINE_MS = 60_000;
/** Time of the thread after the deadline of its work, to start, to report a timeout and to remove its folder. */
const MARGIN_MS = 15_000;
const HEAP_MIB = 1024;

export interface WorkshopOptions {
  readonly findOpa?: () => Promise<OpaBinary | undefined>;
  readonly deadlineMs?: number;
  /** Terminates the threads. */
  readonly signal?: AbortSignal;
}

/**
 * Builds, tests and checks sources in a worker thread, with the opa of this machine.
 * The archive is unpacked there, too. Each request looks the binary up.
 */
export function createAuthor(
  { entrypoint }: Pick<PolicyConfig, 'entrypoint'>,
  { findOpa = findOpaBinary, deadlineMs = DEADLINE_MS, signal }: WorkshopOptions = {},
): AuthorOperations {
  const work = async <Job extends AuthorJob>(
    archive: Uint8Array,
    job: Job,
  ): Promise<AuthorAnswers[Job['does']]> => {
    const opa = await findOpa();
    if (opa === undefined) throw noOpa();
    const task: AuthorTask = { ...job, archive, entrypoint, opa, deadlineMs };
    const limits = {
      deadlineMs: deadlineMs + MARGIN_MS,
      heapMiB: HEAP_MIB,
      ...(signal ? { signal } : {}),
    };
    const answer = await runInWorker<AuthorAnswer<Job['does']>>(THREAD, task, limits).catch(
      (error: unknown) => {
        throw failure(error, deadlineMs);
      },
    );
    if ('error' in answer) throw receivedError(answer.error);
    return answer.value;
  };
  return createAuthorOperations({
    build: (archive, order) => work(archive, { does: 'build', order }),
    test: (archive, order) => work(archive, { does: 'test', order }),
    check: (archive) => work(archive, { does: 'check' }),
  });
}

function noOpa(): CountersignError {
  return new CountersignError(
    'conflict',
    'This server has no opa: put it on its PATH, set COUNTERSIGN_OPA, or run `countersign policy build`, `test` or `check` on a machine with opa.',
  );
}

function failure(error: unknown, deadlineMs: number): unknown {
  if (!(error instanceof WorkerTimedOut)) return unavailable('sources', error);
  const detail = `The sources took over ${String(deadlineMs)} ms.`;
  return new CountersignError('invalid_request', detail, {}, error.message, error);
}
