import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import { CallThread, type CallThreadOptions } from '../../../src/threads/call-thread.js';
import { QueueFull, WorkerFailed, WorkerTimedOut } from '../../../src/threads/failures.js';

const DEFAULTS: CallThreadOptions = {
  module: new URL('./calls', import.meta.url),
  heapMiB: 64,
  maxOpen: 4,
  deadlineMs: 30_000,
  graceMs: 30_000,
};

function failure(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a thread that serves calls', function () {
  this.timeout(60_000);
  const open: CallThread[] = [];
  const threadWith = (options: Partial<CallThreadOptions> = {}): CallThread => {
    const thread = new CallThread({ ...DEFAULTS, ...options });
    open.push(thread);
    return thread;
  };
  afterEach(async () => {
    await Promise.all(open.splice(0).map((thread) => thread.close()));
  });

  it('answers every call, all in one thread', async () => {
    const thread = threadWith();
    const [args, id, again] = await Promise.all([
      thread.call('echo', 1, { a: '\ud800' }),
      thread.call('thread'),
      thread.call('thread'),
    ]);
    expect(args).to.deep.equal([1, { a: '\ud800' }]);
    expect(id).to.equal(again).and.greaterThan(0);
  });

  it('passes errors on: a CountersignError whole, others by name and message', async () => {
    const thread = threadWith();
    const refused = await failure(thread.call('refuse'));
    expect(refused).to.be.instanceOf(CountersignError);
    expect(refused).to.deep.include({
      ...{ code: 'conflict', detail: 'No.', fields: { retryAfterSeconds: 7 } },
    });
    expect(await failure(thread.call('fail'))).to.include({
      name: 'TypeError',
      message: 'failed in the thread',
    });
    expect(await failure(thread.call('none'))).to.have.property('message', 'no call none');
  });

  it('refuses a call when enough are open', async () => {
    const thread = threadWith({ maxOpen: 1 });
    const first = thread.call('echo');
    expect(await failure(thread.call('echo'))).to.be.instanceOf(QueueFull);
    await first;
    expect(await thread.call('echo')).to.deep.equal([]);
  });

  it('cancels a late call and keeps the thread when the call ends', async () => {
    const thread = threadWith({ deadlineMs: 3000 });
    const id = await thread.call('thread');
    expect(await failure(thread.call('untilCancelled'))).to.be.instanceOf(WorkerTimedOut);
    expect(await thread.call('ended')).to.equal(1);
    expect(await thread.call('thread')).to.equal(id);
  });

  it('ends a thread in which a late call loops, and starts another one', async () => {
    const thread = threadWith({ deadlineMs: 3000, graceMs: 0 });
    const id = await thread.call('thread');
    const late = failure(thread.call('loop'));
    expect(await late).to.be.instanceOf(WorkerTimedOut);
    expect(await thread.call('thread')).to.not.equal(id);
  });

  it('fails the open calls of a thread that dies, and starts another one', async () => {
    const thread = threadWith();
    const waiting = failure(thread.call('untilCancelled'));
    expect(await failure(thread.call('die'))).to.be.instanceOf(WorkerFailed);
    expect(await waiting).to.be.instanceOf(WorkerFailed);
    expect(await thread.call('echo', 2)).to.deep.equal([2]);
  });

  it('closes in the middle of a loop, fails what is open and takes no further call', async () => {
    const thread = threadWith({ graceMs: 100 });
    await thread.call('echo');
    const looping = failure(thread.call('loop'));
    await thread.close();
    expect(await looping).to.be.instanceOf(WorkerFailed);
    expect(await failure(thread.call('echo'))).to.be.instanceOf(WorkerFailed);
  });
});
