import { expect } from 'chai';
import { inOrder } from '../../../../bench/anomaly/detectors/edges.js';
import { ewmaScores } from '../../../../bench/anomaly/detectors/ewma.js';
import {
  chiSquared,
  chiSquaredBefore,
  FilteringSketch,
  midasRelational,
  RelationalSketch,
} from '../../../../bench/anomaly/detectors/midas.js';
import { windowCounts } from '../../../../bench/anomaly/detectors/rate-limit.js';
import type { GeneratedEvent } from '../../../../bench/anomaly/generator/types.js';

const MINUTE = 60_000;
const at = (atMs: number): GeneratedEvent => ({
  ...{ atMs, resource: 'r', scope: 's', client: 'c', denied: false, malicious: false },
});

describe('EWMA z-score', () => {
  it('measures a cell against the mean and deviation of the ones before', () => {
    // One cell of two requests: mean 0.5 · 2 = 1, variance 0.5 · (0 + 0.5 · 4) = 1. An empty one: 0.5, 0.5 · (1 + 0.5).
    const events = [0, 1, 20, 21, 22].map((minute) => at(minute * MINUTE));
    const scores = ewmaScores(events, 0.5, 0.01);
    expect(scores[4]).to.be.closeTo((3 - 0.5) / Math.sqrt(0.75), 1e-6);
  });

  it('has a floor for the variance, and no score below zero', () => {
    expect(ewmaScores([at(0)], 0.1, 4)[0]).to.equal(0.5);
  });
});

describe('fixed rate limit', () => {
  it('counts the requests of the window that ends with each', () => {
    const events = [0, 30, 59, 60, 200].map((second) => at(second * 1000));
    expect([...windowCounts(events, MINUTE)]).to.deep.equal([1, 2, 3, 3, 1]);
  });
});

describe('MIDAS', () => {
  it('scores by chi-squared: (a − s/t)² t² / (s (t − 1))', () => {
    expect(chiSquared(5, 10, 4)).to.be.closeTo((5 - 10 / 4) ** 2 * (16 / (10 * 3)), 1e-12);
    // Of ten before and five now in four ticks: the mean of three ticks is 10/3, and (5 − 10/3)² · 3 / 10 is 5/6.
    expect(chiSquaredBefore(5, 10, 4)).to.be.closeTo(5 / 6, 1e-12);
    expect(chiSquared(3, 0, 4)).to.equal(0);
    expect(chiSquared(3, 3, 1)).to.equal(0);
  });

  it('R lets the counts of past ticks fade, and counts in the total at once', () => {
    const sketch = new RelationalSketch(64, 0.5);
    sketch.count(7, 1);
    sketch.count(7, 1);
    // Two ticks later: 2 · 0.5² + 1 now, 3 in all.
    expect(sketch.count(7, 3)).to.be.closeTo(chiSquared(1.5, 3, 3), 1e-12);
  });

  it('F adds a tick when it is over, and while nothing comes what is left of it', () => {
    const sketch = new FilteringSketch(64, 0.5, 1000);
    expect(sketch.count(7, 1)).to.equal(0);
    sketch.count(7, 1);
    // Ticks 1 and 2 end with 2 and 1: total 3, and 0.5 are left, and one comes.
    expect(sketch.count(7, 3)).to.be.closeTo(chiSquaredBefore(1.5, 3, 3), 1e-12);
  });

  it('F adds the mean of the ticks before in the place of an odd one', () => {
    const sketch = new FilteringSketch(64, 0.5, 1);
    sketch.count(7, 1);
    for (let request = 0; request < 9; request++) sketch.count(7, 2);
    // Tick 2 was odd: the total of 1 grows by 1 / (2 − 1), not by 9.5; 9.5 · 0.5 are left, and one comes.
    expect(sketch.count(7, 3)).to.be.closeTo(chiSquaredBefore(5.75, 2, 3), 1e-12);
  });

  it('takes the largest of edge, source and destination', () => {
    const midas = midasRelational(0.5);
    midas.score(1, 1, 1, 1);
    for (let request = 0; request < 5; request++) midas.score(2, 1, 2, 2);
    // A new source with a new edge at a known destination: 1 of 1 scores 0.25 · 4, the destination more.
    expect(midas.score(3, 1, 3, 2)).to.be.closeTo(
      Math.max(chiSquared(1, 1, 2), chiSquared(0.5 + 6, 7, 2)),
      1e-12,
    );
  });

  it('is given the events of all agents in the order of time', () => {
    const agent = (id: string, ...minutes: number[]) => ({
      ...{ id, pattern: 'cron' as const, events: minutes.map((minute) => at(minute * MINUTE)) },
    });
    const { agents, events } = inOrder([agent('a', 1, 5), agent('b', 0, 3)]);
    expect([...agents]).to.deep.equal([1, 0, 1, 0]);
    expect([...events]).to.deep.equal([0, 0, 1, 1]);
  });
});
