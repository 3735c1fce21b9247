import { expect } from 'chai';
import type { PolicyInput } from '../../../../src/domain/policy.js';
import { NEUTRAL_INPUT } from '../../../../src/policy/serving/neutral-input.js';
import { admitPolicy, failedSteps, runPolicySteps, searchPolicy, stepOf } from './policies.js';

/** An agent that no literal names. */
const NAMED = 'input.agent.id == concat("", ["robin", "-", "hood"])';
/** A search of that agent, as the record or the registry has it. */
const SEARCH: PolicyInput = {
  ...NEUTRAL_INPUT,
  request: { ...NEUTRAL_INPUT.request, resource: 'library', scopes: ['search', 'read:books'] },
  agent: { ...NEUTRAL_INPUT.agent, id: 'robin-hood', roles: ['reader'] },
  resource: {
    ...NEUTRAL_INPUT.resource,
    id: 'library',
    scopes: ['search', 'read:books'].map((name) => ({ name, risk: 'low', description: '' })),
  },
};

describe('a bundle that no input tests', function () {
  this.timeout(240_000);

  it('is refused where nothing is granted, with the origins of the inputs', async () => {
    const report = await runPolicySteps({ rego: searchPolicy({ when: 'false' }) });
    expect(failedSteps(report)).to.deep.equal(['properties']);
    expect(report).to.deep.include({ ok: false, tested: false });
    expect(report.inputs).to.deep.include({ granted: 0, cases: 0, recorded: 0, registry: 0 });
    const { problems = [], detail } = stepOf(report, 'properties');
    expect(detail).to.match(/^UNTESTED: /);
    expect(problems).to.have.length(1);
    expect(problems[0])
      .to.match(/^untested: no input is granted/)
      .and.to.contain('an empty record, an empty registry');
  });

  it('is admitted where that is asked, in words that differ from a tested one', async () => {
    const source = { rego: searchPolicy({ when: 'false' }) };
    const report = await runPolicySteps(source, { untested: 'warn' });
    expect(report).to.deep.include({ ok: true, tested: false });
    const { warnings = [], detail } = stepOf(report, 'properties');
    expect(detail).to.match(/^UNTESTED: /);
    expect(warnings.join()).to.contain('accepted untested: no input is granted');
  });

  it('is tested by a recorded decision, or by the registry, that it grants', async () => {
    const source = { rego: searchPolicy({ when: NAMED }) };
    expect((await runPolicySteps(source)).inputs?.granted).to.equal(0);
    for (const samples of [
      { recorded: [SEARCH], registry: [] },
      { recorded: [], registry: [SEARCH] },
    ]) {
      const report = await runPolicySteps(source, { samples });
      expect(report, JSON.stringify(report.steps)).to.deep.include({ ok: true, tested: true });
      const { recorded, registry } = samples;
      expect(report.inputs).to.deep.include({
        ...{ recorded: recorded.length, registry: registry.length, untested: [] },
      });
    }
  });

  it('is refused for a property that no input exercises, which the problem names', async () => {
    const rego = searchPolicy({ when: 'count(input.request.declared) == 0' });
    const report = await admitPolicy(
      { rego },
      { properties: { declared_grants_nothing: 'refuse' } },
    );
    expect(report).to.deep.include({ ok: false, tested: false });
    expect(report.inputs?.granted).to.be.greaterThan(0);
    expect(stepOf(report, 'properties').problems?.join()).to.match(
      /^untested: no input exercised declared_grants_nothing/,
    );
  });
});
