import { expect } from 'chai';
import { exportAuditJob } from '../../../src/worker/jobs/export-audit.js';
import { pruneRevocationsJob } from '../../../src/worker/jobs/prune-revocations.js';
import { resumeIntentsJob } from '../../../src/worker/jobs/resume-intents.js';
import { rotateKeysJob } from '../../../src/worker/jobs/rotate-keys.js';
import { sweepExpiryJob } from '../../../src/worker/jobs/sweep-expiry.js';
import { drain, forEachShard } from '../../../src/worker/periodic-job.js';

/** A step that has `amount` things to do and does at most `most` at a time. */
function work(amount: number, most: number): () => Promise<number> {
  let left = amount;
  return () => {
    const done = Math.min(left, most);
    left -= done;
    return Promise.resolve(done);
  };
}

const running = new AbortController().signal;

describe('worker jobs', () => {
  it('drain what there is to do', async () => {
    expect(await drain(work(7, 3), 100, running)).to.equal(7);
  });

  it('stop at their bound', async () => {
    expect(await drain(() => Promise.resolve(1), 5, running)).to.equal(5);
  });

  it('end between two steps, and between two shards, once the worker stops', async () => {
    const stop = new AbortController();
    const steps: number[] = [];
    const total = await forEachShard(3, stop.signal, (shard) => {
      const step = (): Promise<number> => {
        steps.push(shard);
        if (steps.length === 4) stop.abort();
        return Promise.resolve(1);
      };
      return drain(step, 3, stop.signal);
    });
    expect(steps).to.deep.equal([0, 0, 0, 1]);
    expect(total).to.equal(4);
  });

  it('go through every shard, also when one fails, and then say so', async () => {
    const seen: number[] = [];
    const failed = await forEachShard(4, running, (shard) => {
      seen.push(shard);
      return shard === 1 ? Promise.reject(new Error('away')) : Promise.resolve(1);
    }).catch((error: unknown) => error);
    expect(seen).to.deep.equal([0, 1, 2, 3]);
    expect(String(failed)).to.contain('1 shards failed, the first is 1');
  });

  it('sweep and prune each shard until it is empty', async () => {
    const perShard = [work(1_200, 500), work(0, 500), work(3, 500)];
    const step = (shard: number): Promise<number> => (perShard[shard] ?? work(0, 0))();
    expect(await sweepExpiryJob({ shards: 3, expiry: { sweepShard: step } }).run(running)).to.equal(
      1_203,
    );
    const pruned = [work(9, 4), work(2, 4)];
    const prune = (shard: number): Promise<number> => (pruned[shard] ?? work(0, 0))();
    let histories = 0;
    const pruneAudiences = (): Promise<number> => Promise.resolve(++histories);
    const pruner = { pruneShard: prune, pruneAudiences };
    expect(await pruneRevocationsJob({ shards: 2, pruner }).run(running)).to.equal(11);
    expect(histories).to.equal(1);
  });

  it('resume intents and rotate keys until nothing is left', async () => {
    expect(await resumeIntentsJob({ intents: { resume: work(5, 2) } }).run(running)).to.equal(5);
    expect(await rotateKeysJob({ rotateKeys: work(2, 1) }).run(running)).to.equal(2);
  });

  it('queue webhooks right after an export that moved something, and only then', async () => {
    let queued = 0;
    const enqueue = (): Promise<number> => Promise.resolve(++queued);
    await exportAuditJob({ exportAudit: work(3, 3) }, enqueue).run(running);
    expect(queued).to.equal(1);
    await exportAuditJob({ exportAudit: work(0, 3) }, enqueue).run(running);
    expect(queued).to.equal(1);
  });
});
