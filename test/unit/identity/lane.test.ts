import { expect } from 'chai';
import fc from 'fast-check';
import type { CountersignError } from '../../../src/domain/errors.js';
import { createProofLane, type ProofLaneOptions } from '../../../src/identity/lane.js';
import { until } from '../../support/episode.js';
import { from, refusal } from './fakes.js';

const A = from('192.0.2.1');
const B = from('192.0.2.2');
let nowMs = 0;
const clock = { nowMs: () => nowMs };

/** A lane and jobs that end on demand. */
function laneOf(options: Partial<ProofLaneOptions> = {}) {
  const lane = createProofLane({ clock, timeoutMs: 60_000, ...options });
  const started: string[] = [];
  const ends: (() => void)[] = [];
  const job = (name: string, origin = A): Promise<string> =>
    lane.run(origin, () => {
      started.push(name);
      return new Promise((resolve) => {
        ends.push(() => {
          resolve(name);
        });
      });
    });
  const endFirst = async (): Promise<void> => {
    ends.shift()?.();
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  return { lane, started, job, endFirst };
}

describe('the lane of sources over their budget', () => {
  it('runs two at a time, whatever is asked of it', async () => {
    const { started, job, endFirst } = laneOf();
    const all = ['a', 'b', 'c', 'd'].map((name) => job(name));
    expect(started).to.deep.equal(['a', 'b']);
    await endFirst();
    expect(started).to.deep.equal(['a', 'b', 'c']);
    await endFirst();
    await endFirst();
    await endFirst();
    expect(await Promise.all(all)).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  it('rests three times as long as it worked before the next one', async () => {
    const { started, job, endFirst } = laneOf();
    const all = ['a', 'b', 'c'].map((name) => job(name));
    nowMs += 10;
    await endFirst();
    expect(started, 'the place rests').to.deep.equal(['a', 'b']);
    await until('c has started', () => started.includes('c'));
    await endFirst();
    await endFirst();
    expect(await Promise.all(all)).to.deep.equal(['a', 'b', 'c']);
  });

  it('refuses a request without a place, and accepts the next when one is free', async () => {
    const { job, endFirst } = laneOf({ maxWaiting: 3, maxWaitingOfSource: 2 });
    const waiting = ['a', 'b', 'c', 'd'].map((name) => job(name));
    const refused = await refusal(job('too many of this source'));
    expect(refused.code).to.equal('slow_down');
    expect(refused.fields.retryAfterSeconds).to.equal(1);
    waiting.push(job('e', B));
    expect((await refusal(job('too many', B))).code).to.equal('slow_down');
    await endFirst();
    waiting.push(job('f', B));
    for (let i = 0; i < 6; i++) await endFirst();
    expect(await Promise.all(waiting)).to.have.length(6);
  });

  it('lets sources take turns: one that fills its places does not put others behind them', async () => {
    const { started, job, endFirst } = laneOf();
    const all = ['a1', 'a2', 'a3', 'a4', 'a5'].map((name) => job(name));
    all.push(job('b1', B));
    for (let i = 0; i < 6; i++) await endFirst();
    await Promise.all(all);
    expect(started.indexOf('b1')).to.be.at.most(started.indexOf('a4'));
  });

  it('answers slow_down to late requests, waiting or running, and frees the place at the end', async () => {
    const { started, job, endFirst } = laneOf({ timeoutMs: 20 });
    const late = await Promise.all(['a', 'b', 'c'].map((name) => refusal(job(name))));
    expect(late.map(({ code }: CountersignError) => code)).to.deep.equal(
      Array<string>(3).fill('slow_down'),
    );
    expect(started, 'c was late before its turn').to.deep.equal(['a', 'b']);
    await endFirst();
    await endFirst();
    const next = job('d');
    expect(started).to.deep.equal(['a', 'b', 'd']);
    await endFirst();
    expect(await next).to.equal('d');
  });

  it('does not wait longer than the request may take', async () => {
    const { lane } = laneOf();
    const late = { ...A, deadlineMs: -1 };
    expect((await refusal(lane.run(late, () => new Promise(() => undefined)))).code).to.equal(
      'slow_down',
    );
  });

  it('rethrows the error of the work, and continues', async () => {
    const { lane } = laneOf();
    for (let i = 0; i < 5; i++) {
      const fault = new Error('store away');
      const thrown = await lane.run(A, () => Promise.reject(fault)).catch((e: unknown) => e);
      expect(thrown).to.equal(fault);
    }
  });

  it('keeps its bounds in any order of arrivals and ends, and answers everybody', async () => {
    const step = fc.oneof(fc.constant('end' as const), fc.nat(3));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const { started, job, endFirst } = laneOf({ maxWaiting: 6, maxWaitingOfSource: 4 });
        const answers: Promise<string>[] = [];
        let taken = 0;
        let ended = 0;
        const end = async (): Promise<void> => {
          if (started.length > ended) ended++;
          await endFirst();
        };
        for (const one of steps) {
          if (one === 'end') await end();
          else {
            const answer = job(String(one), from(`192.0.2.${String(one)}`));
            answers.push(answer.then(() => 'served').catch(() => 'refused'));
            taken++;
          }
          expect(started.length - ended, 'running').to.be.at.most(2);
        }
        while (started.length > ended) await end();
        const served = (await Promise.all(answers)).filter((answer) => answer === 'served');
        expect(answers).to.have.length(taken);
        expect(served).to.have.length(started.length);
        expect(taken === 0 || served.length >= Math.min(taken, 6)).to.equal(true);
      }),
    );
  });
});
