import { expect } from 'chai';
import type { RecordedDecision } from '../../../../../src/domain/policy-lifecycle.js';
import type { DecisionPlace, ReplaySample } from '../../../../../src/domain/replay-sample.js';
import { Sample, type DecisionSource } from '../../../../../src/policy/analysis/replay/sample.js';

const DIGEST = `sha256:${'0'.repeat(60)}1234`;
const PERIOD = { sinceMs: 0, untilMs: 1 };

type Some = Partial<Omit<DecisionPlace, 'row'>>;

/** A record of decisions, the first of them the newest. */
function sourceOf(places: readonly (Some | undefined)[]): DecisionSource {
  return {
    countPlaces: () => places.length,
    places: function* () {
      for (const [row, place] of places.entries()) {
        yield place === undefined ? undefined : { ...PLACE, ...place, row };
      }
    },
    decisionsAt: function* (rows) {
      for (const row of rows) {
        const { agentId = 'a' } = places[row] ?? {};
        yield [row, { decision_id: String(row), agent_id: agentId } as RecordedDecision];
      }
    },
  };
}

const PLACE: Omit<DecisionPlace, 'row'> = {
  ...{ agentId: 'a', resource: 'r', scopes: ['x'], effect: 'deny', granted: [], rules: [] },
  input: 'stored',
};

function many(count: number, place: (i: number) => Some): Some[] {
  return Array.from({ length: count }, (_, i) => place(i));
}

function read(source: DecisionSource, more: object = {}): Sample {
  return Sample.read(source, {
    ...{ period: PERIOD, digest: DIGEST, readMs: 60_000, minCoverage: 0.9 },
    ...more,
  });
}

/** Replays the decisions for which `replays` is true; `grants` gives new ones. */
function replayed(
  sample: Sample,
  replays: (decision: RecordedDecision) => boolean = () => true,
  grants: (decision: RecordedDecision) => boolean = () => false,
): ReplaySample {
  for (const decision of sample.decisions()) {
    if (replays(decision)) sample.count(decision, grants(decision));
  }
  return sample.report();
}

describe('the sample of a replay', () => {
  it('has every agent, however many requests one agent makes', () => {
    const flood = many(30_000, (i) => ({ agentId: 'flood', scopes: [`s${'abc'[i % 3] ?? ''}`] }));
    const others = many(60, (i) => ({ agentId: `agent-${String(i)}` }));
    const sample = read(sourceOf([...flood, ...others]));
    const agents = new Set([...sample.decisions()].map(({ agent_id: id }) => id));
    expect(agents.size).to.equal(61);
    expect(replayed(sample)).to.deep.include({
      ...{ verdict: 'replayed', decisions: 30_060, strata: 63, strata_replayed: 63, coverage: 1 },
      least_covered: [],
    });
  });

  it('has every agent before any gives a second stratum, and says what it leaves out', () => {
    const letters = (i: number): string => i.toString(26).replace(/[0-9]/g, 'z');
    const flood = many(40_000, (i) => ({
      agentId: 'flood',
      scopes: [`${letters(i)}:${letters(i)}`, `q${'z'.repeat(i % 97)}`],
    }));
    const others = many(50, (i) => ({ agentId: `agent-${String(i)}`, resource: 'late' }));
    const report = replayed(read(sourceOf([...flood, ...others])));
    expect(report.verdict).to.equal('low_coverage');
    expect(report.strata_replayed).to.equal(20_000);
    expect(report.coverage).to.be.lessThan(0.9);
    expect(report.least_covered.map(({ agent }) => agent)).to.deep.equal(['flood']);
  });

  it('takes an outcome, a rule and a resource apart, and grants that differ in a number together', () => {
    const granted = { effect: 'allow', granted: ['read:7', 'b'] };
    const report = replayed(
      read(
        sourceOf([
          { ...granted, scopes: ['read:7', 'b'] },
          { ...granted, scopes: ['b', 'read:8'], granted: ['read:8', 'b'] },
          { ...granted, scopes: ['read:7', 'b'], rules: ['r'] },
          { ...granted, scopes: ['read:7', 'b'], resource: 'other' },
          { scopes: ['read:7', 'b'], effect: 'deny' },
        ]),
      ),
    );
    expect(report.strata).to.equal(4);
  });

  it('takes each denied scope apart: a flood of similar ones hides none', () => {
    const flood = many(5000, (i) => ({ effect: 'deny', scopes: [`k8s_x${String(i)}`] }));
    const source = sourceOf([...flood, { effect: 'deny', scopes: ['k8s_exec'] }]);
    const sample = read(source);
    const rows = [...sample.decisions()].map((one) => Number(one.decision_id));
    expect(rows).to.include(5000);
    expect(new Set(rows).size).to.equal(5001);
  });

  it('looks at eight decisions of a stratum, among them the newest', () => {
    const rows = [...read(sourceOf(many(1000, () => ({})))).decisions()].map((one) =>
      Number(one.decision_id),
    );
    expect(rows).to.have.length(8);
    expect(rows[0]).to.equal(0);
    expect(Math.max(...rows)).to.be.greaterThan(500);
  });

  it('is equal for an equal record, and another for another bundle', () => {
    const source = sourceOf(many(1000, () => ({})));
    const rows = (digest: string): string[] =>
      [...read(source, { digest }).decisions()].map((one) => one.decision_id);
    expect(rows(DIGEST)).to.deep.equal(rows(DIGEST));
    expect(rows(DIGEST)).not.to.deep.equal(rows(`sha256:${'0'.repeat(60)}9999`));
  });

  it('does not cover a stratum whose inputs cannot be replayed', () => {
    const places = [
      ...many(60, (i) => ({ agentId: `agent-${String(i)}` })),
      ...many(10, (i) => ({
        agentId: `agent-${String(i)}`,
        scopes: ['huge'],
        input: 'missing' as const,
      })),
    ];
    const report = replayed(read(sourceOf(places)));
    expect(report).to.deep.include({ verdict: 'low_coverage', strata: 70, strata_replayed: 60 });
    const odd = replayed(
      read(sourceOf(places.slice(0, 60))),
      ({ agent_id: id }) => !id.endsWith('7'),
    );
    expect(odd).to.deep.include({ verdict: 'replayed', coverage: 0.9 });
    const odder = replayed(
      read(sourceOf(places.slice(0, 60))),
      ({ agent_id: id }) => !/[78]$/.test(id),
    );
    expect(odder.verdict).to.equal('low_coverage');
  });

  it('leaves out strata from a time without stored inputs, and says how many', () => {
    const places = [
      ...many(60, (i) => ({ agentId: `agent-${String(i)}` })),
      ...many(90, (i) => ({ agentId: `old-${String(i)}`, input: 'never' as const })),
    ];
    expect(replayed(read(sourceOf(places)))).to.deep.include({
      ...{ verdict: 'replayed', strata: 60, strata_without_inputs: 90, coverage: 1 },
    });
  });

  it('says that there is nothing to replay below fifty decisions with an input', () => {
    const few = [...many(49, () => ({})), ...many(100, () => ({ input: 'missing' as const }))];
    expect(replayed(read(sourceOf(few)))).to.deep.include({
      verdict: 'nothing_to_replay',
      replayable: 49,
    });
    expect(replayed(read(sourceOf(many(50, () => ({}))))).verdict).to.equal('replayed');
  });

  it('extrapolates new grants to the decisions of a stratum, rounded up', () => {
    const places = [...many(1000, () => ({})), ...many(100, () => ({ agentId: 'b' }))];
    const report = replayed(read(sourceOf(places)), undefined, ({ decision_id: id }) => id === '0');
    expect(report.new_grants).to.equal(125);
  });

  it('is reduced by what was not read in time', () => {
    let nowMs = 0;
    const source = sourceOf(many(10_240, (i) => ({ agentId: `agent-${String(i % 100)}` })));
    const report = replayed(read(source, { readMs: 20, monotonicMs: () => nowMs++ }));
    expect(report).to.deep.include({ verdict: 'low_coverage', complete: false });
    expect(report.coverage).to.equal(0.5);
  });

  it('skips events without a decision of a policy', () => {
    const report = replayed(read(sourceOf([undefined, ...many(50, () => ({})), undefined])));
    expect(report).to.deep.include({ verdict: 'replayed', decisions: 50 });
  });
});
