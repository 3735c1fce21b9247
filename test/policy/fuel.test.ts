import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { readBundle, type Bundle } from '../../src/policy/bundle/read.js';
import { isPromised } from '../../src/policy/admission/inputs/input-schema.js';
import { createColdJudge } from '../../src/policy/analysis/replay/judge.js';
import { EVALUATION_FUEL } from '../../src/policy/wasm/fuel/cost.js';
import type { PolicyInput } from '../../src/domain/policy.js';
import { EXAMPLE_NAMES } from '../../scripts/lib/example-policy.mjs';
import { buildBundle } from '../support/bundles/build.js';
import { committedBundle } from '../support/stored-bundles.js';
import { readExample } from './examples.js';
import { policyCases } from './policy-case.js';

const PAGE = new URL('../../docs/policy/bundles.md', import.meta.url);

/** The highest fuel of each policy in the documents. */
function documented(): ReadonlyMap<string, number> {
  const rows = readFileSync(PAGE, 'utf8').matchAll(/^\| `?([a-z-]+)`? +\| +([\d,]+) \|$/gm);
  return new Map(
    [...rows].map(([, name = '', units = '']) => [name, Number(units.replaceAll(',', ''))]),
  );
}

async function highestFuel(bundle: Bundle, inputs: readonly PolicyInput[]): Promise<number> {
  const judge = await createColdJudge(bundle);
  for (const input of inputs) await judge.judge(input);
  return judge.fuel().highest;
}

describe('the fuel of the cases', function () {
  this.timeout(120_000);
  const inputsOf = (cases: readonly { readonly input: unknown }[]): readonly PolicyInput[] =>
    cases.map(({ input }) => input as PolicyInput).filter(isPromised);
  const expectDocumented = (name: string, used: number): void => {
    expect(used, name).to.be.within(1, EVALUATION_FUEL / 20);
    expect(documented().get(name), name).to.equal(Math.ceil(used / 1000) * 1000);
  };

  it('of the default policy is the documented one, a twentieth of the budget at most', async () => {
    expectDocumented(
      'default',
      await highestFuel(await committedBundle(), inputsOf(policyCases())),
    );
  });

  for (const name of EXAMPLE_NAMES) {
    it(`of the example ${name} is the documented one, a twentieth of the budget at most`, async () => {
      const { rego, config, cases } = readExample(name);
      const file = buildBundle({ rego, data: { countersign: { config } } });
      const bundle = await readBundle(file, { verification: 'off' });
      expectDocumented(name, await highestFuel(bundle, inputsOf(cases)));
    });
  }
});
