import { expect } from 'chai';
import type { PolicyInput } from '../../../../../src/domain/policy.js';
import { createColdJudge, createJudge } from '../../../../../src/policy/analysis/replay/judge.js';
import { EVALUATION_FUEL } from '../../../../../src/policy/wasm/fuel/cost.js';
import { fixtureBundle } from '../../../../support/bundles/build.js';
import { requestInput } from '../../engine-of.js';
import { grants, record, replayed } from './recorded.js';

/** Each of two patterns costs most of the budget once it is compiled; a used instance keeps both. */
const TWO_PATTERNS = `${grants(String.raw`regex.match("^\\p{L}{1,8}$", input.request.resource); other`)}
other if not "second" in input.request.scopes
other if {
	"second" in input.request.scopes
	regex.match(\`^\\p{L}{1,6}$\`, input.agent.id)
}
`;

function asking(scope: string): PolicyInput {
  return requestInput({ request: { resource: 'abc', scopes: [scope] }, agent: { id: 'abc' } });
}

describe('a judge that counts fuel as on fresh instances', function () {
  this.timeout(120_000);

  it('finds that an input runs out which a used instance decides', async () => {
    const bundle = await fixtureBundle({ rego: TWO_PATTERNS });
    const [used, cold] = [await createJudge(bundle), await createColdJudge(bundle)];
    for (const judge of [used, cold]) {
      expect((await judge.judge(asking('first'))).outcome).to.include({ effect: 'allow' });
    }
    expect((await used.judge(asking('second'))).outcome).to.include({ effect: 'allow' });
    expect(await cold.judge(asking('second'))).to.include({ outcome: 'error', fault: 'budget' });
    expect(cold.fuel().highest).to.equal(EVALUATION_FUEL);
  });

  it('uses as much fuel for an input after others as before them', async () => {
    const bundle = await fixtureBundle({ rego: TWO_PATTERNS });
    const cold = await createColdJudge(bundle);
    await cold.judge(asking('first'));
    const { highest } = cold.fuel();
    for (let i = 0; i < 3; i++) await cold.judge(asking('first'));
    expect(highest).to.be.greaterThan(EVALUATION_FUEL / 2);
    expect(cold.fuel().highest).to.equal(highest);
  });

  it('judges an input although an equal request of the agent ran out', async () => {
    const rego = grants('input.signals.requests_2h != 7; count(text) >= 0').concat(`
text := replace("x", "", "y") if input.signals.requests_2h == 6
text := "x" if input.signals.requests_2h != 6`);
    const cold = await createColdJudge(await fixtureBundle({ rego }));
    const after = (requests_2h: number): PolicyInput => ({
      ...asking('first'),
      signals: { ...asking('first').signals, requests_2h },
    });
    expect(await cold.judge(after(6))).to.include({ outcome: 'error', fault: 'budget' });
    expect((await cold.judge(after(5))).outcome).to.include({ effect: 'allow' });
  });

  it('gives the highest use to the report of a replay', async () => {
    const rego = grants('true');
    const bundle = await fixtureBundle({ rego });
    const judge = await createJudge(bundle);
    const one = await record(judge, 'one', asking('first'));
    const report = await replayed([one], rego);
    expect(report.fuel?.highest).to.be.within(1, EVALUATION_FUEL / 10);
  });
});
