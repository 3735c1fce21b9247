import { expect } from 'chai';
import { QueueFull } from '../../../src/threads/failures.js';
import { FairQueue } from '../../../src/threads/fair-queue.js';

/** Jobs that end when they are asked to, in the order in which they began. */
class Jobs {
  readonly begun: string[] = [];
  readonly #ends: (() => void)[] = [];

  job(name: string): () => Promise<string> {
    return () =>
      new Promise((resolve) => {
        this.begun.push(name);
        this.#ends.push(() => {
          resolve(name);
        });
      });
  }

  async endOne(): Promise<void> {
    this.#ends.shift()?.();
    await new Promise(setImmediate);
  }
}

describe('a fair queue', () => {
  const add = (queue: FairQueue, jobs: Jobs, owner: string, name: string): Promise<unknown> =>
    queue.run(owner, jobs.job(name)).catch((error: unknown) => error);

  it('lets owners take turns, however many jobs one of them adds', async () => {
    const queue = new FairQueue({ slots: 1, waiting: 20, waitingEach: 10 });
    const jobs = new Jobs();
    for (let i = 0; i < 6; i++) void add(queue, jobs, 'loop', `loop${String(i)}`);
    void add(queue, jobs, 'ann', 'ann0');
    void add(queue, jobs, 'bob', 'bob0');
    void add(queue, jobs, 'ann', 'ann1');
    for (let i = 0; i < 9; i++) await jobs.endOne();
    expect(jobs.begun).to.deep.equal([
      ...['loop0', 'loop1', 'ann0', 'bob0', 'loop2', 'ann1', 'loop3', 'loop4', 'loop5'],
    ]);
  });

  it('runs as many jobs at once as it has slots, also after one failed', async () => {
    const queue = new FairQueue({ slots: 2, waiting: 10, waitingEach: 10 });
    const jobs = new Jobs();
    const failed = await queue.run('a', () => Promise.reject(new Error('no'))).catch(String);
    expect(failed).to.equal('Error: no');
    for (let i = 0; i < 5; i++) void add(queue, jobs, 'a', String(i));
    await new Promise(setImmediate);
    expect(jobs.begun).to.deep.equal(['0', '1']);
    await jobs.endOne();
    expect(jobs.begun).to.deep.equal(['0', '1', '2']);
    for (let i = 0; i < 4; i++) await jobs.endOne();
    void add(queue, jobs, 'a', '5');
    void add(queue, jobs, 'b', '6');
    void add(queue, jobs, 'c', '7');
    expect(jobs.begun).to.deep.equal(['0', '1', '2', '3', '4', '5', '6']);
  });

  it('leaves slots for others that one owner may not take', async () => {
    const queue = new FairQueue({ slots: 3, slotsEach: 2, waiting: 10, waitingEach: 10 });
    const jobs = new Jobs();
    for (let i = 0; i < 4; i++) void add(queue, jobs, 'a', `a${String(i)}`);
    void add(queue, jobs, 'b', 'b0');
    void add(queue, jobs, 'b', 'b1');
    expect(jobs.begun).to.deep.equal(['a0', 'a1', 'b0']);
    await jobs.endOne();
    expect(jobs.begun.at(-1)).to.equal('a2');
    await jobs.endOne();
    expect(jobs.begun.at(-1)).to.equal('b1');
    for (let i = 0; i < 4; i++) await jobs.endOne();
    expect(jobs.begun).to.have.length(6);
  });

  it('refuses a job that waited too long, and starts it no more', async () => {
    const queue = new FairQueue({ slots: 1, waiting: 10, waitingEach: 10, waitMs: 5 });
    const jobs = new Jobs();
    void add(queue, jobs, 'a', 'a0');
    expect(await add(queue, jobs, 'a', 'a1')).to.be.instanceOf(QueueFull);
    void add(queue, jobs, 'b', 'b0');
    await jobs.endOne();
    await jobs.endOne();
    void add(queue, jobs, 'a', 'a2');
    expect(jobs.begun).to.deep.equal(['a0', 'b0', 'a2']);
  });

  it('refuses at once when too many wait, of all or of one owner', async () => {
    const queue = new FairQueue({ slots: 1, waiting: 3, waitingEach: 2 });
    const jobs = new Jobs();
    const add1 = (owner: string): Promise<unknown> => add(queue, jobs, owner, owner);
    void add1('a');
    void add1('a');
    void add1('a');
    expect(await add1('a')).to.be.instanceOf(QueueFull);
    void add1('b');
    expect(await add1('c')).to.be.instanceOf(QueueFull);
    await jobs.endOne();
    void add1('c');
    for (let i = 0; i < 4; i++) await jobs.endOne();
    expect(jobs.begun).to.deep.equal(['a', 'a', 'b', 'a', 'c']);
  });
});
