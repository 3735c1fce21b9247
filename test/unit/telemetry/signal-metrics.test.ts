import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { createMetrics } from '../../../src/telemetry/metrics.js';

const TERM = { name: 'denials_60m', value: 14, expected: 0.3, score: 2 };
const REQUEST = { agentClass: 'batch', anomaly: 0.6, learning: false, terms: [TERM] };

async function pageOf(metrics: ReturnType<typeof createMetrics>): Promise<string> {
  return (await metrics.render()).body;
}

describe('signal metrics', () => {
  it('show the distribution of scores, what made them, and what came of them', async () => {
    const metrics = createMetrics({ processMetrics: false });
    metrics.signals(REQUEST);
    metrics.signals({ ...REQUEST, anomaly: 0, learning: true, terms: [{ ...TERM, score: 0 }] });
    metrics.signalsRebuilt('truncated');
    metrics.quarantines.inc();
    const page = await pageOf(metrics);
    for (const line of [
      'countersign_anomaly_score_bucket{le="0",class="batch"} 1',
      'countersign_anomaly_score_bucket{le="0.5",class="batch"} 1',
      'countersign_anomaly_score_bucket{le="0.8",class="batch"} 2',
      'countersign_anomaly_score_count{class="batch"} 2',
      'countersign_signal_terms_total{term="denials_60m"} 1',
      'countersign_learning_requests_total 1',
      'countersign_signals_rebuilt_total{reason="truncated"} 1',
      'countersign_quarantines_total 1',
    ]) {
      expect(page.split('\n')).to.include(line);
    }
  });

  it('have few labels, whatever comes', async () => {
    const metrics = createMetrics({ processMetrics: false });
    for (let n = 0; n < 200; n++) {
      const name = `x${String(n)}`;
      metrics.signals({ ...REQUEST, agentClass: name, terms: [{ ...TERM, name }] });
      metrics.signalsRebuilt(name);
    }
    const page = await pageOf(metrics);
    expect(page.match(/^countersign_anomaly_score_count\{/gm)).to.have.length(20);
    expect(page.match(/^countersign_signal_terms_total\{/gm)).to.have.length(32);
    expect(page.match(/^countersign_signals_rebuilt_total\{/gm)).to.have.length(1);
    expect(page).to.contain('countersign_signals_rebuilt_total{reason="other"} 200');
  });
});

describe('the pages about signals', () => {
  for (const page of ['docs/operate/signals.md', 'docs/operate/runbooks/anomaly-score.md']) {
    it(`${page} names only metrics that there are`, async () => {
      const shown = await pageOf(createMetrics({ processMetrics: false }));
      const known = new Set(shown.match(/(?<=^# TYPE )\w+/gm));
      const text = readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8');
      const named = text.match(/countersign_\w+/g) ?? [];
      expect(named).to.have.length.greaterThan(4);
      for (const name of named)
        expect(known).to.include(name.replace(/_(?:bucket|count|sum)$/, ''));
    });
  }
});
