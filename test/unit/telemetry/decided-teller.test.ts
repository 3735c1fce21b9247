import { expect } from 'chai';
import { decidedTeller } from '../../../src/app/policy/decided-teller.js';
import type { BundleDecisions } from '../../../src/domain/policy-lifecycle.js';
import { createMetrics } from '../../../src/telemetry/metrics.js';

const [FIRST, SECOND] = ['a', 'b'].map((hex) => `sha256:${hex.repeat(64)}`) as [string, string];

describe('answers by bundle and role', () => {
  it('are added to the metrics, each once', async () => {
    const metrics = createMetrics({ processMetrics: false });
    let decided: readonly BundleDecisions[] = [];
    const tell = decidedTeller({ decided: () => decided }, metrics);
    tell();
    decided = [{ digest: FIRST, role: 'active', decisions: 3, errors: 1 }];
    tell();
    tell();
    decided = [
      { digest: FIRST, role: 'active', decisions: 5, errors: 1 },
      { digest: SECOND, role: 'canary', decisions: 2, errors: 0 },
    ];
    tell();
    const { body } = await metrics.render();
    const line = (bundle: string, role: string, outcome: string): string =>
      `countersign_policy_decisions_total{bundle="${bundle}",role="${role}",outcome="${outcome}"}`;
    expect(body).to.contain(`${line('aaaaaaaaaaaa', 'active', 'answer')} 5`);
    expect(body).to.contain(`${line('aaaaaaaaaaaa', 'active', 'error')} 1`);
    expect(body).to.contain(`${line('bbbbbbbbbbbb', 'canary', 'answer')} 2`);
    expect(body).not.to.contain(line('bbbbbbbbbbbb', 'canary', 'error'));
  });
});
