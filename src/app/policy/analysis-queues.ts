import type { AdminContext } from '../../use-cases/admin/context.js';
import { CountersignError } from '../../domain/errors.js';
import { QueueFull } from '../../threads/failures.js';
import { FairQueue, type FairQueueOptions } from '../../threads/fair-queue.js';

/** Runs a job in the turn of its principal. Throws `slow_down` when too many jobs wait. */
export type InTurn = <T>(
  context: Pick<AdminContext, 'principal'>,
  job: () => Promise<T>,
) => Promise<T>;

/** The queues of a node before the threads that analyse bundles and decisions. */
export interface AnalysisQueues {
  /** Replay, diff, tighten and simulate: up to two minutes each. */
  readonly long: InTurn;
  /** The replay gate of activations, which no other analysis delays, nor a replay by the service itself. */
  readonly gate: InTurn;
  /** Explain and evaluate: a thread for a moment each. */
  readonly short: InTurn;
}

/** Two long analyses at once would compete with requests for the cores. */
const LONG: FairQueueOptions = { slots: 1, waiting: 8, waitingEach: 2 };
const GATE: FairQueueOptions = { slots: 1, waiting: 8, waitingEach: 4 };
/** The service replays before it rolls back; it takes no turn of an operator. */
const SERVICE_GATE: FairQueueOptions = { slots: 1, waiting: 8, waitingEach: 4 };
/** A thread takes some ten megabytes; two keep a second core busy. */
const SHORT: FairQueueOptions = { slots: 2, waiting: 32, waitingEach: 16 };

/** Creates the queues of this node. */
export function createAnalysisQueues(): AnalysisQueues {
  return { long: inTurn(LONG, 10), gate: gates(), short: inTurn(SHORT, 1) };
}

function gates(): InTurn {
  const callers = inTurn(GATE, 10);
  const service = inTurn(SERVICE_GATE, 10);
  return (context, job) => (context.principal.kind === 'system' ? service : callers)(context, job);
}

function inTurn(options: FairQueueOptions, retryAfterSeconds: number): InTurn {
  const queue = new FairQueue(options);
  return async ({ principal }, job) => {
    try {
      return await queue.run(`${principal.kind} ${principal.id}`, job);
    } catch (error) {
      if (!(error instanceof QueueFull)) throw error;
      throw new CountersignError(
        'slow_down',
        'Too many analyses wait on this node.',
        { retryAfterSeconds },
        error.message,
        error,
      );
    }
  };
}
