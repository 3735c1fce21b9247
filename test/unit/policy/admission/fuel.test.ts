import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { packArchive } from '../../../../src/policy/bundle/pack.js';
import { readBundle } from '../../../../src/policy/bundle/read.js';
import { admitBundle } from '../../../../src/policy/admission/admit-bundle.js';
import { PROPERTY_NAMES } from '../../../../src/policy/admission/properties/property.js';
import { EVALUATION_FUEL, METER_VERSION } from '../../../../src/policy/wasm/fuel/cost.js';
import { encodeModule } from '../../../support/wasm/encode-module.js';
import { admitPolicy, FEW_INPUTS, searchPolicy, stepOf } from './policies.js';

const DEFAULT = fileURLToPath(new URL('../../../../bundles/countersign', import.meta.url));

/** Counts a list of `count` numbers for everyone who may search. */
const counting = (count: number): string =>
  searchPolicy({
    when: `"reader" in input.agent.roles\n\tcount(numbers.range(1, ${String(count)})) > 0`,
  });

/** The one property that fuel can violate: the others would evaluate costly policies hundreds of times more. */
const ALWAYS_DECIDES = {
  ...FEW_INPUTS,
  properties: Object.fromEntries(
    PROPERTY_NAMES.map((name) => [name, name === 'always_decides' ? 'refuse' : 'off'] as const),
  ),
};

describe('admission measures fuel', function () {
  this.timeout(120_000);

  it('and the default policy is far below the budget', async () => {
    const { files } = await readBundle(DEFAULT, { verification: 'off' });
    const archive = await packArchive(new Map(files));
    const report = await admitBundle(archive, FEW_INPUTS);
    expect(report.ok, JSON.stringify(report.steps)).to.equal(true);
    expect(report.fuel).to.include({ meter: METER_VERSION, budget: EVALUATION_FUEL });
    expect(report.fuel?.highest).to.be.within(10_000, EVALUATION_FUEL / 20);
    const warnings = (stepOf(report, 'budget').warnings ?? []).filter((one) =>
      one.includes('fuel'),
    );
    // With 256 KB of grants the default policy needs 200,000,000 units, which is 0.4 s.
    for (const one of warnings) expect(one).to.match(/large.*such a request is answered 503$/);
  });

  it('and warns of an input above a tenth of the budget', async () => {
    const options = { ...ALWAYS_DECIDES, evaluationMaxMs: 60_000 };
    const report = await admitPolicy({ rego: counting(12_000) }, options);
    expect(report.ok, JSON.stringify(report.steps)).to.equal(true);
    const [warning] = (stepOf(report, 'budget').warnings ?? []).filter((one) =>
      one.includes('fuel'),
    );
    expect(warning).to.match(/^.* uses [0-9]+ of 10000000 units of fuel, more than a tenth$/);
  });

  it('and refuses a policy that uses up the budget', async () => {
    // The time of one evaluation ends the step that measures: the properties find the fuel used up before.
    const options = { ...ALWAYS_DECIDES, evaluationMaxMs: 1, largestMaxMs: 1 };
    const report = await admitPolicy({ rego: counting(500_000) }, options);
    expect(report.ok).to.equal(false);
    const problems = report.steps.flatMap((step) => step.problems ?? []);
    expect(problems.join('\n')).to.include('budget: the evaluation used all of its fuel');
  });

  it('and refuses an opcode that the meter does not know, and names it', async () => {
    const { files } = await readBundle(DEFAULT, { verification: 'off' });
    const code = [0xfd, 0x0c, ...Array<number>(16).fill(0), 0x1a, 0x0b];
    const vector = Buffer.from(encodeModule({ functions: [{ code }] }));
    const archive = await packArchive(new Map([...files, ['policy.wasm', vector]]));
    const report = await admitBundle(archive, FEW_INPUTS);
    expect(stepOf(report, 'module').problems?.join()).to.match(/^wasm_invalid: .*opcode 0xfd/);
  });
});
