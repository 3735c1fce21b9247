/** The thread did not answer in time. */
export class WorkerTimedOut extends Error {
  override readonly name = 'WorkerTimedOut';
}

/** The thread threw, ran out of heap, or ended without an answer. */
export class WorkerFailed extends Error {
  override readonly name = 'WorkerFailed';
}

/** The queue before a thread is full. */
export class QueueFull extends Error {
  override readonly name = 'QueueFull';
}
