import { expect } from 'chai';
import type { PolicyResult } from '../../src/domain/policy.js';
import type { PolicyEngine } from '../../src/policy/engine.js';
import { compileCheck } from '../../src/schema/compile.js';
import { caseInput, expectation, policyCases, readJson, summary } from './policy-case.js';
import { OPA_TIMEOUT_MS, opaDecisions } from './opa-eval.js';
import { servedEngine } from './served-engine.js';

const schema = readJson(new URL('../../rego/schemas/input.json', import.meta.url)) as object;

describe('policy cases', () => {
  const cases = policyCases();
  const matchesSchema = compileCheck(schema);
  let engine: PolicyEngine;
  let fromSources: PolicyResult[];

  before(async function () {
    this.timeout(OPA_TIMEOUT_MS);
    engine = await servedEngine();
    fromSources = opaDecisions(cases.map(caseInput));
  });

  it('have names of their own', () => {
    expect(new Set(cases.map(({ file, name }) => `${file} ${name}`)).size).to.equal(cases.length);
  });

  for (const [position, one] of cases.entries()) {
    it(`${one.file}: ${one.name}`, async () => {
      const input = caseInput(one);
      const checked = matchesSchema(input);
      expect(checked.ok, JSON.stringify(checked)).to.equal(one.breaks_schema !== true);
      const { result } = await engine.decide(input);
      const seen = summary(result);
      expect(seen).to.deep.equal(expectation(one, seen.rules ?? []));
      expect(result).to.deep.equal(fromSources[position]);
    });
  }
});

describe('the shipped configuration', () => {
  it('matches its schema', () => {
    const check = compileCheck(
      readJson(new URL('../../rego/schemas/config.json', import.meta.url)) as object,
    );
    const data = readJson(new URL('../../rego/countersign/data.json', import.meta.url));
    const checked = check((data as { config: unknown }).config);
    expect(checked.ok, JSON.stringify(checked)).to.equal(true);
  });
});
