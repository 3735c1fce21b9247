import { expect } from 'chai';
import {
  createAnalysisQueues,
  type AnalysisQueues,
  type InTurn,
} from '../../../../src/app/policy/analysis-queues.js';
import { CountersignError } from '../../../../src/domain/errors.js';
import { analysisOf } from '../../../support/analysis-of.js';
import { memoryPolicyStore } from '../../../support/memory-policy-store.js';

const contextOf = (id: string) => ({
  requestId: 'req_1',
  principal: { kind: 'admin', id } as const,
});
const CONTEXT = contextOf('ann');

describe('the queues of analyses', () => {
  /** Queues that run nothing and throw their name. */
  const named = (name: string): InTurn => {
    return () => Promise.reject(new Error(name));
  };
  const queues: AnalysisQueues = {
    long: named('long'),
    gate: named('gate'),
    short: named('short'),
  };
  const queueOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'done',
      (error: unknown) => (error as Error).message,
    );

  it('hold long analyses, short ones and the replay of an activation apart', async () => {
    // Nothing of the parts is used: these queues run no job.
    const parts = { store: memoryPolicyStore(), auditReader: { decision: () => undefined } };
    const { operations, gate } = analysisOf('/nowhere', { ...parts, maskKeys: [] }, queues);
    const replay = { ref: 'r', sinceMs: 0, limit: 1 };
    expect(await queueOf(gate.replay(replay, CONTEXT))).to.equal('gate');
    expect(await queueOf(operations.replay(replay, CONTEXT))).to.equal('long');
    expect(await queueOf(operations.diff('a', 'b', CONTEXT))).to.equal('long');
    expect(await queueOf(operations.tighten({ sinceMs: 0 }, CONTEXT))).to.equal('long');
    const simulation = { sinceMs: 0, warmUpMs: 1, stepUp: 0.8, quarantine: 0.9 };
    expect(await queueOf(operations.simulate(simulation, CONTEXT))).to.equal('long');
    expect(await queueOf(operations.explain('dec_1', CONTEXT))).to.equal('short');
    expect(await queueOf(operations.evaluate({ input: {} }, CONTEXT))).to.equal('short');
  });

  it('let no replay before a rollback delay an activation', async () => {
    const { gate } = createAnalysisQueues();
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const job = (name: string) => (): Promise<void> => {
      begun.push(name);
      return new Promise((resolve) => ends.push(resolve));
    };
    const guard = { principal: { kind: 'system', id: 'policy-guard' } } as const;
    const jobs = [gate(guard, job('rollback')), gate(guard, job('another rollback'))];
    jobs.push(gate(CONTEXT, job('activation')), gate(contextOf('bob'), job('another activation')));
    expect(begun).to.deep.equal(['rollback', 'activation']);
    while (ends.length < 4) {
      ends.at(-1)?.();
      ends.at(-2)?.();
      await new Promise(setImmediate);
    }
    for (const end of ends) end();
    await Promise.all(jobs);
  });

  it('run two short analyses at once, and refuse with Retry-After what does not fit', async () => {
    const { short } = createAnalysisQueues();
    const ends: (() => void)[] = [];
    const job = (): Promise<void> => new Promise((resolve) => ends.push(resolve));
    const jobs = Array.from({ length: 18 }, () => short(CONTEXT, job));
    expect(ends).to.have.length(2);
    const refused = await short(CONTEXT, job).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(CountersignError);
    expect(refused).to.deep.include({ code: 'slow_down', fields: { retryAfterSeconds: 1 } });
    const other = short(contextOf('bob'), job);
    for (let done = 0; done < 19; done++) {
      while (ends.length === 0) await new Promise(setImmediate);
      ends.shift()?.();
      await new Promise(setImmediate);
    }
    await Promise.all([...jobs, other]);
  });
});
