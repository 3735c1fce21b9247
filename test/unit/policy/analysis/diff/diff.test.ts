import { expect } from 'chai';
import type { BundleDifference } from '../../../../../src/domain/policy-analysis.js';
import type { RecordedDecision } from '../../../../../src/domain/policy-lifecycle.js';
import type { Bundle } from '../../../../../src/policy/bundle/read.js';
import { dataChanges } from '../../../../../src/policy/analysis/diff/data.js';
import { diffBundles, type Side } from '../../../../../src/policy/analysis/diff/diff.js';
import { createJudge } from '../../../../../src/policy/analysis/replay/judge.js';
import { committedBundle, variantOf } from '../../../../support/stored-bundles.js';
import { fixtureBundle } from '../../../../support/bundles/build.js';
import { requestInput } from '../../engine-of.js';
import { grants, record } from '../replay/recorded.js';

async function side(bundle: Bundle): Promise<Side> {
  return { bundle, judge: await createJudge(bundle) };
}

async function diff(
  from: Bundle,
  to: Bundle,
  recorded: readonly RecordedDecision[] = [],
): Promise<BundleDifference> {
  return diffBundles(await side(from), await side(to), recorded);
}

describe('the difference of two bundles', function () {
  this.timeout(60_000);

  it('is none between a bundle and itself', async () => {
    const bundle = await committedBundle();
    const same = await diff(bundle, bundle);
    expect(same.data).to.deep.equal({ changes: [], truncated: false });
    expect(same.modules_differ).to.equal(false);
    expect(same.permissions.changes).to.deep.equal([]);
    const { cases, generated } = same.permissions.inputs;
    expect(generated).to.be.at.least(8);
    expect(cases).to.be.at.least(80);
    expect(cases + generated).to.equal(same.permissions.unchanged);
    expect(same.rego).to.deep.equal({ text: '', truncated: false });
  });

  it('shows a role that may do more in the data, and as a permission, with a request that shows it', async () => {
    const bundle = await committedBundle();
    const wider = await variantOf(bundle, 'wider', (data) => {
      const { roles } = (data['countersign'] as { config: { roles: Record<string, unknown> } })
        .config;
      roles['auditor'] = { grants: [{ resource: 'ledger', scopes: ['read:*'] }] };
      return data;
    });
    const { data, modules_differ: modules, permissions } = await diff(bundle, wider);
    expect(data.changes).to.deep.equal([
      {
        pointer: '/countersign/config/roles/auditor',
        to: { grants: [{ resource: 'ledger', scopes: ['read:*'] }] },
      },
    ]);
    expect(modules).to.equal(false);
    expect(permissions.changes.map(({ kind }) => kind)).to.deep.equal([
      'deny_to_allow',
      'review_changed',
    ]);
    expect(permissions.changes[0]?.example).to.deep.include({
      source: 'generated',
      name: 'role auditor: read:example on ledger, low',
      before: { effect: 'deny', scopes: [], ttl_seconds: 0 },
    });
    const back = await diff(wider, bundle);
    expect(back.permissions.changes.map(({ kind }) => kind)).to.deep.equal([
      'allow_to_deny',
      'review_changed',
    ]);
  });

  it('asks both about recorded decisions and the cases that either carries, and shows the Rego', async () => {
    const [one, two] = [grants('input.agent.id == "a"'), grants('input.agent.id == "b"')];
    const path = 'sources/countersign/policy.rego.txt';
    const written = {
      about: 'x',
      base: { agent: { id: 'b' } },
      resources: { s3: {} },
      cases: [
        { name: 'b may', ask: { resource: 's3', scopes: ['x'] }, expect: { effect: 'allow' } },
      ],
    };
    const same = (data: unknown): unknown => data;
    const from = await variantOf(await fixtureBundle({ rego: one }), 'one', same, { [path]: one });
    const to = await variantOf(await fixtureBundle({ rego: two }), 'two', same, {
      [path]: two,
      'cases/b.json': JSON.stringify(written),
    });
    const decision = await record(
      await createJudge(from),
      'dec_1',
      requestInput({ agent: { id: 'a' } }),
    );
    const { rego, permissions, modules_differ: modules } = await diff(from, to, [decision]);
    expect(rego.text).to.contain(
      '-} if { input.agent.id == "a" }\n+} if { input.agent.id == "b" }',
    );
    expect(modules).to.equal(true);
    expect(permissions.inputs).to.deep.equal({ recorded: 1, cases: 1, generated: 0 });
    expect(
      permissions.changes.map(({ kind, example }) => [kind, example.source, example.name]),
    ).to.deep.equal([
      ['deny_to_allow', 'cases', 'b.json: b may (two)'],
      ['allow_to_deny', 'recorded', 'dec_1'],
    ]);
  });

  it('of data is said at JSON pointers', () => {
    const from = { a: 1, 'b/c~': [1, 2], d: { e: null }, same: { x: [] } };
    const to = { a: 2, 'b/c~': [1], d: [], same: { x: [] }, new: true };
    expect(dataChanges(from, to)).to.deep.equal([
      { pointer: '/a', from: 1, to: 2 },
      { pointer: '/b~1c~0/1', from: 2 },
      { pointer: '/d', from: { e: null }, to: [] },
      { pointer: '/new', to: true },
    ]);
  });
});
