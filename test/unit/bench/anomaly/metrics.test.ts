import { expect } from 'chai';
import { episodes, falseAlerts, thresholdFor } from '../../../../bench/anomaly/metrics/alerts.js';
import type { Detection, Digest } from '../../../../bench/anomaly/metrics/digest.js';
import {
  averagePrecision,
  precisionAtRecalls,
  rocAreas,
} from '../../../../bench/anomaly/metrics/precision-recall.js';
import {
  delaysAt,
  quantileOf,
  recallAt,
  recallHeldOut,
  recallWithin,
} from '../../../../bench/anomaly/metrics/recall.js';

type Cell = readonly [agent: number, cell: number, score: number];

function digest(cells: readonly Cell[], attacks: readonly Detection[] = [], months = 2): Digest {
  return {
    agents: Uint32Array.from(cells, ([agent]) => agent),
    cells: Uint32Array.from(cells, ([, cell]) => cell),
    scores: Float32Array.from(cells, ([, , score]) => score),
    ...{ floor: 0, months, attacks, prAuc: 0, precisions: [] },
  };
}

const attack = (kind: Detection['kind'], ...rises: [number, number][]): Detection => ({
  ...{ kind, timing: 'even' },
  rises: rises.map(([minutes, score]) => ({ minutes, score })),
});

describe('alerts within a budget', () => {
  const cells: Cell[] = [
    [0, 10, 5],
    [0, 16, 6],
    [0, 23, 5],
    [1, 24, 5],
    [1, 25, 1],
  ];

  it('are one episode while at most an hour is between them, of one agent', () => {
    // Cells 10 and 16 are an hour apart, 16 and 23 more; the next is another agent's.
    expect(episodes(digest(cells), 5)).to.equal(3);
    expect(episodes(digest(cells), 6)).to.equal(1);
    expect(episodes(digest(cells), 7)).to.equal(0);
  });

  it('are counted per agent-month', () => {
    expect(falseAlerts([digest(cells), digest([])], 5)).to.equal(3 / 4);
  });

  it('set the lowest threshold that keeps to the budget', () => {
    expect(thresholdFor([digest(cells)], 1.5)).to.equal(1);
    expect(thresholdFor([digest(cells)], 0.5)).to.equal(6);
    expect(thresholdFor([digest(cells)], 0.1)).to.be.above(6);
  });
});

describe('recall', () => {
  const attacks = [attack('burst', [1, 2], [4, 6]), attack('burst', [2, 3]), attack('mimic')];
  const one = digest([[0, 1, 5]], attacks, 1);

  it('is by kind, and its macro leaves the mimic out', () => {
    const { kinds, macro, macroWithMimic } = recallAt([one], [5]);
    expect(kinds).to.deep.equal({
      burst: { mean: 0.5, deviation: 0 },
      mimic: { mean: 0, deviation: 0 },
    });
    expect(macro.mean).to.equal(0.5);
    expect(macroWithMimic.mean).to.equal(0.25);
  });

  it('has a second macro over all kinds but the mimic', () => {
    const { macro, macroWithMimic, macroOfAll } = recallAt(
      [digest([], [...attacks, attack('honey', [1, 6]), attack('stolen')])],
      [5],
    );
    expect([macro.mean, macroWithMimic.mean]).to.deep.equal([0.5, 0.25]);
    expect(macroOfAll.mean).to.equal((0.5 + 1 + 0) / 3);
  });

  it('spreads over the seeds', () => {
    const { macro } = recallAt([one, one], [5, 2]);
    expect(macro.mean).to.equal(0.75);
    expect(macro.deviation).to.be.closeTo(Math.SQRT1_2 / 2, 1e-9);
  });

  it('held out is judged by the threshold of the other half', () => {
    const noisy = digest([[0, 1, 9]], attacks, 1);
    expect(recallWithin([one], 0.1).macro.mean).to.equal(0.5);
    // The noisy half wants more than 9, at which the quiet half finds nothing; and the other way round.
    expect(recallHeldOut([one, noisy], 0.1).macro.mean).to.equal(0.25);
  });

  it('tells how long it took, over what was detected', () => {
    const delays = delaysAt([one], 3);
    expect(delays.burst).to.deep.equal({ detected: 2, medianMinutes: 2, p90Minutes: 4 });
    expect(delays.mimic?.medianMinutes).to.equal(undefined);
  });

  it('takes the nearest rank of a quantile', () => {
    expect(quantileOf([3, 1, 2], 0.5)).to.equal(2);
    expect(quantileOf([3, 1, 2], 0.9)).to.equal(3);
    expect(quantileOf([], 0.5)).to.equal(undefined);
  });
});

describe('precision over recall', () => {
  it('is averaged over the gains in recall, equal scores taken together', () => {
    // 1 of 1, then 2 of 3: 1/2 · 1 + 1/2 · 2/3.
    expect(averagePrecision([9, 5, 5, 1], [true, false, true, false])).to.be.closeTo(5 / 6, 1e-9);
    expect(averagePrecision([1, 2], [false, false])).to.equal(0);
  });

  it('is the best at a recall of at least so much', () => {
    expect(precisionAtRecalls([9, 8, 7, 6], [true, false, true, true], 3)).to.deep.equal([
      1, 0.75, 0.75,
    ]);
  });
});

describe('area under the ROC curve', () => {
  it('is the chance that an attack scores higher, equal scores counting half', () => {
    const { overall, byType } = rocAreas(Float32Array.of(1, 2, 2, 3), ['', '', 'a', 'b']);
    expect(byType.get('a')).to.equal(0.75);
    expect(byType.get('b')).to.equal(1);
    expect(overall).to.equal(0.875);
  });
});
