import { WorkerFailed } from '../../src/threads/failures.js';
import { runInWorker } from '../../src/threads/run-in-worker.js';

// A process that terminates threads while they read; `ended N` is its last line when it survived.
const [path = '', count = '0'] = process.argv.slice(2);
const READING = new URL('../unit/threads/reading', import.meta.url);

for (let i = 0; i < Number(count); i++) {
  const ending = new AbortController();
  const limits = { deadlineMs: 600_000, heapMiB: 64, signal: ending.signal };
  const ended = await runInWorker(READING, path, limits, () => {
    setTimeout(() => {
      ending.abort();
    }, 7 * i);
  }).catch((error: unknown) => error);
  if (!(ended instanceof WorkerFailed)) throw ended;
}
process.stdout.write(`ended ${count}\n`);
