import { expect } from 'chai';
import { getPriority } from 'node:os';
import { WorkerFailed, WorkerTimedOut } from '../../../src/threads/failures.js';
import { runInWorker } from '../../../src/threads/run-in-worker.js';

const MODULE = new URL('./behaviour', import.meta.url);
const LIMITS = { deadlineMs: 20_000, heapMiB: 64 };

describe('a separate thread', function () {
  this.timeout(60_000);

  it('answers with what it posts, after its progress', async () => {
    const progress: unknown[] = [];
    const answer = await runInWorker(MODULE, { does: 'answer' }, LIMITS, (one) => {
      progress.push(one);
    });
    expect(answer).to.deep.equal({ heard: { does: 'answer' } });
    expect(progress).to.deep.equal(['half']);
  });

  it('is ended when it loops for ever', async () => {
    const run = runInWorker(MODULE, { does: 'loop' }, { ...LIMITS, deadlineMs: 500 });
    expect(await run.catch((error: unknown) => error)).to.be.instanceOf(WorkerTimedOut);
  });

  for (const does of ['throw', 'end', 'fill the heap']) {
    it(`fails alone when it does this: ${does}`, async () => {
      const run = runInWorker(MODULE, { does }, LIMITS);
      expect(await run.catch((error: unknown) => error)).to.be.instanceOf(WorkerFailed);
    });
  }

  it('sees nothing of the environment', async () => {
    process.env['COUNTERSIGN_TEST_SECRET'] = 'x';
    const names = await runInWorker<string[]>(MODULE, { does: 'show environment' }, LIMITS);
    delete process.env['COUNTERSIGN_TEST_SECRET'];
    expect(names).to.deep.equal([]);
  });

  it('has a lower priority than its parent, and does not change that of the parent', async function () {
    // Elsewhere a thread has the priority of its process.
    if (process.platform !== 'linux') this.skip();
    const before = getPriority(0);
    expect(await runInWorker(MODULE, { does: 'show priority' }, LIMITS)).to.equal(
      Math.max(before, 5),
    );
    expect(getPriority(0)).to.equal(before);
  });
});
