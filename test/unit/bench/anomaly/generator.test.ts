import { expect } from 'chai';
import { generateAgent, generateFleet } from '../../../../bench/anomaly/generator/generate.js';
import { DAY_MS, MINUTE_MS, START_MS } from '../../../../bench/anomaly/generator/parameters.js';
import { randomOf } from '../../../../bench/anomaly/generator/random.js';
import { ATTACK_KINDS, type Workload } from '../../../../bench/anomaly/generator/types.js';
import { meanOf } from '../../../../bench/anomaly/metrics/recall.js';

const WORKLOAD: Workload = {
  ...{ seed: 3, agents: 64, warmUpDays: 7, testDays: 7, compromisedShare: 0.25 },
};

describe('generated agents', () => {
  const fleet = generateFleet(WORKLOAD);
  const compromised = fleet.filter(({ compromise }) => compromise !== undefined);

  it('are equal for equal seeds, and others for another', () => {
    expect(generateAgent(WORKLOAD, 5)).to.deep.equal(fleet[5]);
    expect(generateAgent({ ...WORKLOAD, seed: 4 }, 5).events).to.not.deep.equal(fleet[5]?.events);
  });

  it('do not depend on how many others there are', () => {
    const larger = { ...WORKLOAD, agents: 640 };
    expect(generateAgent(larger, 5)).to.deep.equal(fleet[5]);
  });

  it('have their events in the order of time', () => {
    for (const { events } of fleet) {
      const times = events.map(({ atMs }) => atMs);
      expect(times).to.deep.equal([...times].sort((a, b) => a - b));
    }
  });

  it('are compromised once, a quarter by what they ask for and half as many otherwise, in every kind of way', () => {
    expect(compromised).to.have.lengthOf(16 + 8);
    const kinds = new Set(compromised.map(({ compromise }) => compromise?.kind));
    expect([...kinds]).to.have.members([...ATTACK_KINDS]);
  });

  it('are innocent in the warm-up, and malicious only while they are compromised', () => {
    for (const { events, compromise } of fleet) {
      for (const { atMs, malicious } of events) {
        if (!malicious) continue;
        expect(atMs).to.be.at.least(Math.floor(compromise?.fromMs ?? Infinity));
        expect(atMs).to.be.at.most(compromise?.toMs ?? 0);
        expect(atMs).to.be.at.least(START_MS + WORKLOAD.warmUpDays * DAY_MS);
      }
    }
  });

  it('ask for more in a burst than ever before in so short a time', () => {
    for (const { events, compromise } of compromised) {
      if (compromise?.kind !== 'burst') continue;
      const minutes = (compromise.toMs - compromise.fromMs) / MINUTE_MS;
      expect(events.filter(({ malicious }) => malicious).length / minutes).to.be.above(4);
    }
  });

  it('keep the pattern of an agent away for hours when it is compromised off hours', () => {
    for (const { pattern, compromise } of compromised) {
      if (compromise?.kind === 'off_hours') expect(pattern).to.be.oneOf(['office', 'cron']);
    }
  });

  it('are not compromised in a benign fleet', () => {
    const benign = generateFleet({ ...WORKLOAD, agents: 8, compromisedShare: 0 });
    expect(benign.some(({ events }) => events.some(({ malicious }) => malicious))).to.equal(false);
  });
});

describe('random numbers of the generator', () => {
  const draws = (draw: () => number): number[] => Array.from({ length: 4000 }, draw);
  const random = randomOf(1);
  for (const [name, draw, mean] of [
    ['uniform', () => random.uniform(), 0.5],
    ['exponential', () => random.exponential(3), 3],
    ['poisson of a small mean', () => random.poisson(2.5), 2.5],
    ['poisson of a large mean', () => random.poisson(80), 80],
    ['gamma', () => random.gamma(1.2, 0.7), 1.2],
    ['whole', () => random.whole([2, 4]), 3],
  ] as const) {
    it(`have the mean they are asked for: ${name}`, () => {
      expect(meanOf(draws(draw))).to.be.closeTo(mean, mean * 0.06);
    });
  }
});
