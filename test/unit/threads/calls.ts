import { setImmediate as nextTurn } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { CountersignError } from '../../../src/domain/errors.js';
import { serveCalls } from '../../../src/threads/serve-calls.js';

let ended = 0;

serveCalls({
  echo: (args) => args,
  thread: () => threadId,
  async ended() {
    while (ended === 0) await nextTurn();
    return ended;
  },
  refuse: () => {
    throw new CountersignError('conflict', 'No.', { retryAfterSeconds: 7 }, 'inner');
  },
  fail: () => {
    throw new TypeError('failed in the thread');
  },
  loop: () => {
    for (;;);
  },
  die: () => process.exit(3),
  async untilCancelled(_args, signal) {
    while (!signal.aborted) await nextTurn();
    ended += 1;
  },
});
