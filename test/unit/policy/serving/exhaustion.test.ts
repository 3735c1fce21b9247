import { expect } from 'chai';
import fc from 'fast-check';
import { ExhaustionWindow } from '../../../../src/policy/serving/exhaustion.js';

const DIGEST = 'sha256:1';

describe('the evaluations of the last minute', () => {
  it('are reported also while none used up its fuel: they are part of all', () => {
    const window = new ExhaustionWindow();
    expect(window.counts(DIGEST, 1000)).to.equal(undefined);
    window.count(1000);
    const quiet = { digest: DIGEST, evaluations: 1, ran_out: 0, agents: [] };
    expect(window.counts(DIGEST, 1000)).to.deep.equal(quiet);
  });

  it('are counted with the agents that ran out, and forgotten after a minute', () => {
    const window = new ExhaustionWindow();
    window.countExhausted('b', 1000);
    window.count(30_000);
    window.countExhausted('a', 59_000);
    const both = { digest: DIGEST, evaluations: 3, ran_out: 2, agents: ['a', 'b'] };
    expect(window.counts(DIGEST, 60_000)).to.deep.equal(both);
    const last = { digest: DIGEST, evaluations: 2, ran_out: 1, agents: ['a'] };
    expect(window.counts(DIGEST, 61_000)).to.deep.equal(last);
    expect(window.counts(DIGEST, 119_000)).to.equal(undefined);
  });

  it('name sixteen agents at most, the last ones', () => {
    const window = new ExhaustionWindow();
    for (let n = 10; n < 40; n++) window.countExhausted(`agent-${String(n)}`, 1000);
    const counts = window.counts(DIGEST, 1000);
    expect(counts?.ran_out).to.equal(30);
    expect(counts?.agents).to.have.length(16).and.to.include('agent-39');
  });

  it('are those of the last sixty seconds, in any order of the kinds', () => {
    const step = fc.record({
      afterMs: fc.nat(20_000),
      agent: fc.option(fc.constantFrom('a', 'b')),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const window = new ExhaustionWindow();
        const seen: { second: number; agent: string | null }[] = [];
        let nowMs = 0;
        for (const { afterMs, agent } of steps) {
          nowMs += afterMs;
          seen.push({ second: Math.floor(nowMs / 1000), agent });
          if (agent === null) window.count(nowMs);
          else window.countExhausted(agent, nowMs);
        }
        const within = seen.filter(({ second }) => second > Math.floor(nowMs / 1000) - 60);
        const out = within.flatMap(({ agent }) => agent ?? []);
        const counts = window.counts(DIGEST, nowMs);
        expect(counts?.ran_out ?? 0).to.equal(out.length);
        if (counts === undefined) return;
        expect(counts.evaluations).to.equal(within.length);
        expect(counts.agents).to.deep.equal([...new Set(out)].sort());
      }),
    );
  });
});
