import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { PolicyInput, PolicyResult } from '../../src/domain/policy.js';
import { readBundle } from '../../src/policy/bundle/read.js';
import { createPolicyEngine, type PolicyEngine } from '../../src/policy/serving/engine.js';
import { buildBundle } from '../support/bundles/build.js';
import { CAPABILITIES_FILE, type Capabilities } from '../support/bundles/capabilities.js';
import { opa } from '../support/bundles/opa.js';
import { codes, recipes, table } from './authoring-page.js';
import { OPA_TIMEOUT_MS } from './opa-eval.js';
import { checkRecipe, outcomeInput, recipePolicy } from './recipe-policy.js';
import { withFolder } from './scratch-folder.js';

async function engineOn(rego: Record<string, string>, data: unknown): Promise<PolicyEngine> {
  const engine = createPolicyEngine({ monotonicMs: () => 0 });
  await engine.activate(await readBundle(buildBundle({ rego, data }), { verification: 'off' }));
  return engine;
}

function alarmsOf({ obligations }: PolicyResult): unknown[] {
  return obligations.filter(({ type }) => type === 'alarm').map((one) => one.properties['signal']);
}

describe('the page on policy authoring', function () {
  this.timeout(OPA_TIMEOUT_MS);

  it('has a recipe for each usual need', () => {
    const names = recipes().map(({ name }) => name);
    expect(names).to.deep.equal(['tasks', 'office', 'four_eyes', 'spend', 'team', 'traps']);
  });

  for (const recipe of recipes()) {
    describe(`recipe ${recipe.name}`, () => {
      it('passes opa fmt, opa check --strict with the schema of the input, and opa test', () => {
        expect(() => {
          checkRecipe(recipe);
        }).not.to.throw();
      });

      it('has the outcomes it says, in the engine of the service', async () => {
        const { rego, data } = recipePolicy(recipe);
        const engine = await engineOn(rego, data);
        for (const outcome of recipe.outcomes) {
          const { result } = await engine.decide(outcomeInput(outcome));
          const note = JSON.stringify(outcome);
          expect(result.grant?.scopes ?? [], note).to.deep.equal(outcome.gets);
          const { effect, code, approvers, alarms } = outcome;
          if (effect !== undefined) expect(result.effect, note).to.equal(effect);
          if (code !== undefined) expect(result.reasons[0]?.code, note).to.equal(code);
          if (alarms !== undefined) expect(alarmsOf(result), note).to.deep.equal(alarms);
          if (approvers !== undefined) {
            expect(result.review?.approvers, note).to.deep.equal(approvers);
          }
        }
      });
    });
  }

  it('names builtins that are missing, and others in their place', () => {
    const file = JSON.parse(readFileSync(CAPABILITIES_FILE, 'utf8')) as Capabilities;
    const ours = new Set(file.builtins.map(({ name }) => name));
    const all = JSON.parse(opa(['capabilities', '--current'])) as Capabilities;
    const known = new Set(all.builtins.map(({ name }) => name));
    const rows = table('## What WASM lacks');
    expect(rows.length).to.be.greaterThan(10);
    for (const [missing = '', instead = ''] of rows) {
      for (const name of codes(missing)) {
        expect(known.has(name) && !ours.has(name), name).to.equal(true);
      }
      for (const name of codes(instead).filter((code) => known.has(code))) {
        expect(ours.has(name), name).to.equal(true);
      }
    }
  });

  for (const [term = '', native = '', here = ''] of table(
    '### What comes out otherwise than in `opa eval`',
  )) {
    it(`says what comes of ${term}`, async () => {
      const said = (cell: string): string => codes(cell)[0] ?? cell;
      const shown = await evaluated(codes(term).join(''));
      expect(shown.here).to.equal(said(here));
      expect(shown.native).to.equal(said(native));
    });
  }

  // What the table of mistakes says, in the words of Rego, where `missing` is not in the input.
  for (const [mistake, holds] of [
    ['not input.agent.labels.blocked', true],
    ['input.signals.denials_60m > 10', false],
    ['{true | some p in ["a", "b"]; not startswith("a1", p)} == {true}', true],
    ['{false | every p in ["a", "b"] { not startswith("a1", p) }} == {false}', false],
    ['{true | every one in [] { one == 1 }} == {true}', true],
    ['{true | every one in input.text { one == 1 }} == {true}', false],
    ['count([n | some t in ["7", "x"]; n := to_number(t)]) == 1', true],
  ] as const) {
    it(`is right about ${mistake}`, async () => {
      const { here } = await evaluated(`{true | ${mistake}} == {true}`);
      expect(here).to.equal(String(holds));
    });
  }
});

/** What a term comes to in the engine of the service and in `opa eval`, as JSON. */
async function evaluated(
  term: string,
): Promise<{ readonly here: string; readonly native: string }> {
  const rego = `package countersign
default shown := "undefined"
shown := json.marshal(value) if value := ${term}
decision := {"effect": "deny", "obligations": [], "reasons": [{"rule": "r", "code": "c", "message": shown}]}`;
  const data = { differs: { by_text: { 2: 'two' } } };
  const input = { text: 'text' };
  const engine = await engineOn({ 'policy.rego': rego }, data);
  const { result } = await engine.decide(input as unknown as PolicyInput);
  const files = {
    'policy.rego': rego,
    'data.json': JSON.stringify(data),
    'input.json': JSON.stringify(input),
  };
  const args = ['eval', '-b', '.', '-i', 'input.json', '-f', 'raw', 'data.countersign.shown'];
  const native = withFolder(files, (cwd) => opa(args, { cwd })).trim();
  return { here: result.reasons[0]?.message ?? '', native };
}
