import { expect } from 'chai';
import type { PolicyInput } from '../../../../../src/domain/policy.js';
import { blocks, summaryOf } from '../../../../../src/domain/policy-analysis.js';
import type { RecordedDecision } from '../../../../../src/domain/policy-lifecycle.js';
import { createJudge, type Judge } from '../../../../../src/policy/analysis/replay/judge.js';
import { replay } from '../../../../../src/policy/analysis/replay/replay.js';
import { createStandIns } from '../../../../../src/policy/analysis/replay/stand-ins.js';
import { policyCases } from '../../../../policy/policy-case.js';
import { committedBundle } from '../../../../support/stored-bundles.js';
import { requestInput } from '../../engine-of.js';
import { grants, judgeOf, NOW_MS, record, replayed } from './recorded.js';

const ODD_TASKS = grants('input.request.declared.task_id == "odd"');

function asking(agent: string, task: 'odd' | 'even', scopes = ['read:a', 'read:b']): PolicyInput {
  return requestInput({
    request: { scopes, declared: { task_id: task, reason: 'because' }, ttl_seconds: 300 },
    agent: { id: agent },
  });
}

describe('replay', function () {
  this.timeout(300_000);
  let odd: Judge;
  let decisions: RecordedDecision[];

  before(async () => {
    odd = await judgeOf(ODD_TASKS, { revision: 'odd' });
    decisions = [];
    for (let i = 0; i < 10; i++) {
      const input = asking(i < 6 ? 'alpha' : 'beta', i % 2 === 1 ? 'odd' : 'even');
      decisions.push(await record(odd, `dec_${String(i)}`, input));
    }
  });

  it('through the bundle that decided: nothing changes', async () => {
    const report = await replayed(decisions, ODD_TASKS);
    expect(report).to.deep.include({
      decisions: 10,
      replayed: 10,
      unchanged: 10,
      changes: {},
      new_grants: 0,
      groups: [],
      not_replayable: [],
      masked: 0,
    });
    expect(blocks(report, 0)).to.equal(false);
  });

  it('reports new and lost grants by agent and by the restricting rule', async () => {
    const even = grants('input.request.declared.task_id == "even"').replaceAll('test.', 'next.');
    const report = await replayed(decisions, even);
    expect(report).to.deep.include({
      replayed: 10,
      unchanged: 0,
      changes: { deny_to_allow: 5, allow_to_deny: 5 },
      new_grants: 5,
    });
    expect(
      report.groups.map(({ kind, agent, rules, count }) => [kind, agent, rules, count]),
    ).to.deep.equal([
      ['deny_to_allow', 'alpha', ['test.default'], 3],
      ['deny_to_allow', 'beta', ['test.default'], 2],
      ['allow_to_deny', 'alpha', ['next.default'], 3],
      ['allow_to_deny', 'beta', ['next.default'], 2],
    ]);
    expect([4, 5].map((allowed) => blocks(report, allowed))).to.deep.equal([true, false]);
    expect(summaryOf(report, 'sha256:00')).to.deep.equal({
      at_ms: NOW_MS,
      against: 'sha256:00',
      since_ms: 0,
      replayed: 10,
      unchanged: 0,
      not_replayable: 0,
      changes: { deny_to_allow: 5, allow_to_deny: 5 },
      fuel: report.fuel,
    });
  });

  it('sees narrower, wider, longer and a fault', async () => {
    const input = asking('alpha', 'odd');
    const one = await record(odd, 'one', input);
    const through = async (rego: string): Promise<object> => (await replayed([one], rego)).changes;
    const granting = (grant: string): string => grants('true', grant);
    expect(await through(granting('{"scopes": ["read:a"], "ttl_seconds": 60}'))).to.deep.equal({
      narrower: 1,
    });
    expect(
      await through(granting('{"scopes": input.request.scopes, "ttl_seconds": 90}')),
    ).to.deep.equal({
      longer_ttl: 1,
    });
    const conflict = `${grants('true')}\ndecision := "x" if input.agent.id == "alpha"`;
    const report = await replayed([one], conflict);
    expect(report.changes).to.deep.equal({ allow_to_deny: 1, error: 1 });
    expect(report.groups.at(-1)).to.deep.include({ kind: 'error', rules: ['fault:conflict'] });
    const narrow = { effect: 'allow', scopes: ['read:a'], ttlSeconds: 60 } as const;
    expect((await replayed([{ ...one, outcome: narrow }], ODD_TASKS)).changes).to.deep.equal({
      wider: 1,
    });
  });

  it('applies the clamp and the caps of the time', async () => {
    const greedy = grants('true', '{"scopes": ["*", "read:a"], "ttl_seconds": 99999}');
    const one = await record(await judgeOf(greedy), 'one', {
      ...asking('alpha', 'odd'),
      resource: { ...asking('alpha', 'odd').resource, max_ttl_seconds: 120 },
    });
    expect(one.outcome).to.deep.equal({ effect: 'allow', scopes: ['read:a'], ttlSeconds: 120 });
    expect((await replayed([one], greedy)).unchanged).to.equal(1);
  });

  it('counts what cannot be replayed under its reason, and never leaves it out', async () => {
    const [first] = decisions;
    const { input, ...without } = first!;
    const tampered = {
      ...first!,
      input: { ...input!, agent: { ...input!.agent, roles: ['root'] } },
    };
    const report = await replayed(
      [
        { ...without, why_not: 'not_recorded', decision_id: 'a' },
        { ...without, why_not: 'not_recorded', decision_id: 'b' },
        { ...without, why_not: 'decided_before_policy', decision_id: 'c' },
        { ...tampered, decision_id: 'd' },
        first!,
      ],
      ODD_TASKS,
    );
    expect(report).to.deep.include({ decisions: 5, replayed: 1, unchanged: 1 });
    expect(report.not_replayable).to.deep.equal([
      { reason: 'not_recorded', count: 2, example: 'a' },
      { reason: 'decided_before_policy', count: 1, example: 'c' },
      { reason: 'digest_mismatch', count: 1, example: 'd' },
    ]);
  });

  it('shows for each group the smallest input that still tells the bundles apart', async () => {
    const baseline = (revision: string): Promise<Judge | undefined> =>
      Promise.resolve(revision === 'odd' ? odd : undefined);
    const loose = grants('count(input.request.scopes) > 0');
    const report = await replayed(decisions, loose, { baseline });
    const [group] = report.groups;
    expect(group?.example).to.deep.include({ minimised: true, revision: 'odd' });
    expect(group?.example.input.request).to.deep.equal({
      resource: 'countersign-probe',
      scopes: ['read:a'],
      ttl_seconds: 300,
      declared: {},
    });
    expect(group?.example.input.agent.grants).to.deep.equal([]);
    expect(group?.example.input.agent.roles).to.deep.equal([]);
    const bare = await replayed(decisions, loose);
    expect(bare.groups[0]?.example).to.deep.include({
      minimised: false,
      why_not_minimised: 'baseline_not_stored',
      input: asking('alpha', 'even'),
    });
  });

  it('stops at its budget and at the limit, and reports it', async () => {
    let nowMs = 0;
    const late = await replayed(decisions, ODD_TASKS, { budgetMs: 4, monotonicMs: () => nowMs++ });
    expect(late).to.deep.include({ stopped: 'deadline', decisions: 4 });
    expect(await replayed(decisions, ODD_TASKS, { limit: 10 })).to.deep.include({
      stopped: 'limit',
    });
    expect(await replayed(decisions, ODD_TASKS, { limit: 11 })).not.to.have.property('stopped');
  });

  it('costs at most four times the evaluations that it makes', async () => {
    const bundle = await committedBundle();
    const judge = await createJudge(bundle);
    const inputs = policyCases().map(({ input }) => input);
    const some: RecordedDecision[] = [];
    for (const [i, input] of inputs.entries()) {
      // What breaks the schema may not be an input that can be judged at all.
      const one = await record(judge, `dec_${String(i)}`, input).catch(() => undefined);
      if (one !== undefined) some.push(one);
    }
    const before = process.cpuUsage();
    const report = await replay({
      decisions: Array.from({ length: 6000 }, (_, i) => some[i % some.length]!),
      sinceMs: 0,
      untilMs: NOW_MS,
      limit: 10_000,
      candidate: judge,
      standIns: createStandIns(bundle, []),
      baseline: () => Promise.resolve(judge),
      budgetMs: 60_000,
      nowMs: NOW_MS,
    });
    expect(report).to.deep.include({ replayed: 6000, unchanged: 6000 });
    const whole = process.cpuUsage(before);
    const control = process.cpuUsage();
    // Of one bundle, so each input is evaluated once.
    for (let i = 0; i < 6000; i++) await judge.judge(some[i % some.length]!.input!);
    const evaluated = process.cpuUsage(control);
    const cpuOf = ({ user, system }: NodeJS.CpuUsage): number => user + system;
    expect(cpuOf(whole) / cpuOf(evaluated)).to.be.at.most(4);
  });

  it('gives an equal report twice', async () => {
    const rego = grants('input.agent.id == "beta"');
    const [a, b] = [await replayed(decisions, rego), await replayed(decisions, rego)];
    const timeless = { took_ms: 0, decisions_per_second: 0 };
    expect(JSON.stringify({ ...a, ...timeless })).to.equal(JSON.stringify({ ...b, ...timeless }));
  });
});
