import { expect } from 'chai';
import type { PolicyResult } from '../../src/domain/policy.js';
import { DEMO_REGISTRY } from '../../src/config/demo.js';
import { caseInput, compareCase } from '../../src/policy/author/cases.js';
import type { PolicyEngine } from '../../src/policy/serving/engine.js';
import { compileCheck } from '../../src/schema/compile.js';
import { demoInput, policyCases, readJson } from './policy-case.js';
import { OPA_TIMEOUT_MS, opaDecisions } from './opa-eval.js';
import { servedEngine } from './served-engine.js';

describe('policy cases', () => {
  const cases = policyCases();
  let engine: PolicyEngine;
  let fromSources: PolicyResult[];

  before(async function () {
    this.timeout(OPA_TIMEOUT_MS);
    engine = await servedEngine();
    fromSources = opaDecisions(cases.map(caseInput));
  });

  it('start from the demo as it is configured', () => {
    const [agent] = DEMO_REGISTRY.agents;
    for (const { id, description: _, ...spec } of DEMO_REGISTRY.resources) {
      const { agent: asking, resource } = demoInput({ resource: id, scopes: [] });
      expect(resource).to.deep.equal({ id, ...spec });
      expect(asking).to.deep.include({ id: agent?.id, roles: agent?.roles, grants: agent?.grants });
    }
  });

  for (const [position, one] of cases.entries()) {
    it(`${one.file}: ${one.name}`, async () => {
      const { result } = await engine.decide(caseInput(one));
      expect(compareCase(one, result)).to.deep.equal([]);
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
