import { expect } from 'chai';
import type { Gathered } from '../../../../src/use-cases/token/attempt.js';
import { createSignalWatch } from '../../../../src/use-cases/token/signal-watch.js';
import type { AgentRecord } from '../../../../src/domain/records.js';
import { createMetrics } from '../../../../src/telemetry/metrics.js';
import { AGENT } from '../../../support/fake-records.js';

const GATHERED: Gathered = {
  state: 'gathered',
  epoch: 'e',
  basis: 1,
  tickMs: 1,
  generations: { registry: 1, policy: 1, keyring: 1 },
  status: 'active',
  signals: {
    requests_10m: 1,
    requests_2h: 1,
    denials_60m: 0,
    first_seen_scopes_60m: 0,
    first_seen_resources_60m: 0,
    first_seen_now: false,
    anomaly: 0.9,
    learning: false,
    terms: [{ name: 'honey_60m', value: 1, expected: 0, score: 9 }],
  },
  rate: {
    limited: false,
    bucket: 'agent',
    perMinute: 300,
    limit: 1,
    remaining: 1,
    retryAfterMs: 0,
    resetMs: 0,
  },
};

function agent(id: string, agentClass?: string): AgentRecord {
  return { ...AGENT, spec: { id, ...(agentClass === undefined ? {} : { class: agentClass }) } };
}

function world() {
  const metrics = createMetrics({ processMetrics: false });
  const lines: object[] = [];
  const clock = { now: 60_000_000, nowMs: () => clock.now };
  const log = { warn: (fields: object) => lines.push(fields) };
  const watch = createSignalWatch({ metrics, log, clock });
  return { watch, lines, clock, page: async () => (await metrics.render()).body };
}

describe('the watch over signals', () => {
  it('counts a request by its class, and by the default one', async () => {
    const { watch, page, lines } = world();
    watch(agent('a', 'batch'), GATHERED);
    watch(agent('b'), GATHERED);
    const shown = await page();
    expect(shown).to.contain('countersign_anomaly_score_count{class="batch"} 1');
    expect(shown).to.contain('countersign_anomaly_score_count{class="default"} 1');
    expect(shown).to.contain('countersign_signal_terms_total{term="honey_60m"} 2');
    expect(lines).to.deep.equal([]);
  });

  it('logs an agent with a reset state once a minute, and counts every reset', async () => {
    const { watch, lines, clock, page } = world();
    const rebuilt = { ...GATHERED, rebuilt: 'version' };
    for (let n = 0; n < 5; n++) watch(agent('a'), rebuilt);
    watch(agent('b'), rebuilt);
    clock.now += 59_999;
    watch(agent('a'), rebuilt);
    clock.now += 1;
    watch(agent('a'), rebuilt);
    expect(lines).to.deep.equal(['a', 'b', 'a'].map((agentId) => ({ agentId, reason: 'version' })));
    expect(await page()).to.contain('countersign_signals_rebuilt_total{reason="version"} 8');
  });

  it('keeps no more names than fit, and counts the rest', async () => {
    const { watch, lines, clock, page } = world();
    for (let n = 0; n < 1_500; n++) watch(agent(`a${String(n)}`), { ...GATHERED, rebuilt: 'type' });
    expect(lines).to.have.length(1_000);
    expect(await page()).to.contain('countersign_signals_rebuilt_total{reason="type"} 1500');
    clock.now += 60_000;
    watch(agent('a0'), { ...GATHERED, rebuilt: 'type' });
    expect(lines).to.have.length(1_001);
  });

  it('puts no agent into a label', async () => {
    const { watch, page } = world();
    watch(agent('agent-seven', 'batch'), { ...GATHERED, rebuilt: 'clock' });
    expect(await page()).to.not.contain('agent-seven');
  });
});
