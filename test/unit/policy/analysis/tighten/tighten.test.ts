import { expect } from 'chai';
import type { PolicyInput } from '../../../../../src/domain/policy.js';
import type { TightenReport } from '../../../../../src/domain/policy-analysis.js';
import type { RecordedDecision } from '../../../../../src/domain/policy-lifecycle.js';
import { compareCase, parseCases } from '../../../../../src/policy/author/cases.js';
import type { Bundle } from '../../../../../src/policy/bundle/read.js';
import { createJudge, type Judge } from '../../../../../src/policy/analysis/replay/judge.js';
import { tighten } from '../../../../../src/policy/analysis/tighten/tighten.js';
import { demoInput } from '../../../../policy/policy-case.js';
import { committedBundle, variantOf } from '../../../../support/stored-bundles.js';
import { NOW_MS, record } from '../replay/recorded.js';

const USED = { count: 3, last_at_ms: 50 };

describe('tighten', function () {
  this.timeout(60_000);
  let bundle: Bundle;
  let judge: Judge;
  let number = 0;
  before(async () => {
    bundle = await committedBundle();
    judge = await createJudge(bundle);
  });

  async function decided(
    resource: string,
    scopes: string[],
    use: RecordedDecision['use'] | undefined,
    change: (input: PolicyInput) => PolicyInput = (input) => input,
  ): Promise<RecordedDecision> {
    const input = change(demoInput({ resource, scopes }));
    const id = `dec_${String(number++)}`;
    return record(judge, id, input, use === undefined ? {} : { use });
  }
  const tightened = (decisions: readonly RecordedDecision[]): Promise<TightenReport> =>
    tighten({
      decisions: () => decisions,
      sinceMs: 0,
      untilMs: NOW_MS,
      bundle,
      judgeOf: (other) => createJudge(other),
    });

  it('proposes what was used, in the agent’s grants and the role’s, and shows that it is enough', async () => {
    const report = await tightened([
      await decided('stripe', ['read_invoices'], USED),
      await decided('stripe', ['read_invoices'], undefined),
      await decided('stripe', ['read_customers'], undefined),
      await decided('customers-db', ['read:customers:7'], USED),
      await decided('research-api', ['fetch:page'], USED),
      await decided('stripe', ['unheard_of'], undefined),
    ]);
    expect(report.tokens).to.equal(5);
    expect(report.uses).to.deep.include({
      agent: 'demo-agent',
      resource: 'stripe',
      scope: 'read_invoices',
      granted: 2,
      used: 1,
      last_used_ms: 50,
    });
    const [agent, role] = report.proposals;
    expect(agent).to.deep.include({ of: 'agent', id: 'demo-agent' });
    expect(agent?.after).to.deep.equal([
      { resource: 'stripe', scopes: ['read_invoices'], max_ttl_seconds: 900 },
      { resource: 'customers-db', scopes: ['read:customers:7'] },
      { resource: 'research-api', scopes: ['fetch:page'] },
    ]);
    expect(role).to.deep.include({ of: 'role', id: 'demo', after: [] });
    expect(report.data_patch).to.deep.equal([
      { op: 'replace', path: '/countersign/config/roles/demo/grants', value: [] },
    ]);
    expect(report.check).to.deep.equal({ requests: 3, still_granted: 3, narrowed: 0 });
  });

  it('writes tests that the proposal passes and the policy of today does not', async () => {
    const report = await tightened([
      await decided('stripe', ['read_invoices'], USED, (input) => ({
        ...input,
        request: { ...input.request, declared: { user_id: 'alice@example.com' } },
      })),
      await decided('stripe', ['read_customers'], undefined),
      await decided('research-api', ['search'], USED),
    ]);
    const text = JSON.stringify(report.cases);
    expect(text).not.to.contain('alice');
    const cases = parseCases(new Map([['tightened.json', text]]));
    expect(cases.map(({ name, expect: { effect } }) => [name, effect])).to.deep.equal([
      ['demo-agent uses search on research-api', 'allow'],
      ['demo-agent never used read_customers on stripe', 'deny'],
      ['demo-agent uses read_invoices on stripe', 'allow'],
    ]);
    const after = await variantOf(bundle, 'tightened', (data) => {
      const { config } = data['countersign'] as { config: { roles: Record<string, unknown> } };
      for (const { path, value } of report.data_patch) {
        expect(path).to.equal('/countersign/config/roles/demo/grants');
        config.roles['demo'] = { grants: value };
      }
      return data;
    });
    const tighter = await createJudge(after);
    for (const one of cases) {
      const { evaluation } = await tighter.judge(one.input);
      expect(evaluation && compareCase(one, evaluation.result), one.name).to.deep.equal([]);
    }
  });

  it('keeps grants of tokens that were never introspected, and reports them', async () => {
    const report = await tightened([
      await decided('stripe', ['read_invoices'], undefined),
      await decided('research-api', ['search'], USED),
    ]);
    const after = report.proposals.find(({ of: what }) => what === 'agent')?.after;
    expect(after?.find(({ resource }) => resource === 'stripe')?.scopes).to.have.length(3);
    expect(report.notes.join())
      .to.contain('No token for these was ever introspected')
      .and.contain('stripe');
  });

  it('proposes nothing for an agent with too many scopes to list', async () => {
    const one = await decided('customers-db', ['read:customers:1'], USED);
    const many = Array.from({ length: 201 }, (_, i) => ({
      ...one,
      outcome: { ...one.outcome, scopes: [`read:customers:${String(i)}`] },
    }));
    const report = await tightened(many);
    expect(report.proposals).to.deep.equal([]);
    expect(report.notes.join()).to.contain('Too many scopes to list');
  });

  it('has nothing to go by when nothing was granted', async () => {
    const report = await tightened([]);
    expect(report).to.deep.include({ tokens: 0, uses: [], proposals: [], data_patch: [] });
    expect(report).not.to.have.property('check');
    expect(report.notes.join()).to.contain('Nothing was granted');
  });
});
