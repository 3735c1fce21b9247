import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import type { PolicyInput, PolicyResult } from '../../src/domain/policy.js';
import { scopeCovers } from '../../src/domain/scope.js';
import { compareCase } from '../../src/policy/author/cases.js';
import type { PolicyEngine } from '../../src/policy/serving/engine.js';
import { canonicalJson } from '../../src/policy/json/canonical.js';
import { compileCheck } from '../../src/schema/compile.js';
import { assembleExample, EXAMPLE_NAMES } from '../../scripts/lib/example-policy.mjs';
import { exampleEngine, readExample } from './examples.js';
import { arbitraryExampleInput } from './example-input.js';
import { OPA_TIMEOUT_MS, opaDecisions } from './opa-eval.js';
import { strangeInputs } from './strange-input.js';

const GENERATED = 400;
const RUNS = 500;

const REGO = new URL('../../rego/', import.meta.url);

function modulesOf(folder: string): string[] {
  const paths = readdirSync(new URL(`${folder}/countersign/`, REGO), { recursive: true });
  return (paths as string[]).filter((path) => path.endsWith('.rego'));
}

function readText(path: string): string {
  return readFileSync(new URL(path, REGO), 'utf8');
}

const BAIT = { name: 'zz_bait', risk: 'low', description: '', honey: true } as const;

/** Returns an input with a score of this sum of squares, and of this number of honey scopes. */
function scored(input: PolicyInput, squares: number, traps: number): PolicyInput {
  const score = 1.5 * traps;
  const sum = squares + score * score;
  const terms = traps === 0 ? [] : [{ name: 'honey_60m', value: traps, expected: 0, score }];
  return { ...input, signals: { ...input.signals, anomaly: sum / (sum + 1), terms } };
}

function seen({ obligations: _, ...answer }: PolicyResult): object {
  return answer;
}

const overlaps = (left: string, right: string): boolean =>
  scopeCovers(left, right) || scopeCovers(right, left);

describe('the example policies', () => {
  it('are three', () => {
    expect(EXAMPLE_NAMES).to.have.members(['database', 'payments', 'research-team']);
  });

  // A fix in the frame is a fix in all.
  it('leave the frame to rego/frame', () => {
    const frame = modulesOf('frame');
    expect(frame).to.have.length(15);
    for (const path of frame) {
      const copies = EXAMPLE_NAMES.filter((name) =>
        existsSync(new URL(`examples/${name}/countersign/${path}`, REGO)),
      );
      expect(copies, path).to.deep.equal([]);
    }
  });

  for (const path of modulesOf('frame').filter((one) => /^(hours|scopes)\//.test(one))) {
    it(`have ${path} of the default policy`, () => {
      expect(readText(`frame/countersign/${path}`)).to.equal(readText(`countersign/${path}`));
    });
  }
});

for (const name of EXAMPLE_NAMES) {
  describe(`the example policy ${name}`, function () {
    this.timeout(OPA_TIMEOUT_MS);
    const example = readExample(name);
    const inputs = arbitraryExampleInput(example.cases);
    let engine: PolicyEngine;
    let folder: string;
    let fromSources: PolicyResult[];
    const decide = async (input: PolicyInput): Promise<PolicyResult> =>
      (await engine.decide(input)).result;
    const check = (property: (input: PolicyInput, result: PolicyResult) => void): Promise<void> =>
      fc.assert(
        fc.asyncProperty(inputs, async (input) => {
          property(input, await decide(input));
        }),
        { numRuns: RUNS },
      );

    before(async () => {
      engine = await exampleEngine(example);
      folder = assembleExample(name, mkdtempSync(join(tmpdir(), 'countersign-example-')));
      const asked = example.cases.map(({ input }) => input);
      fromSources = opaDecisions(asked, { folder });
    });

    after(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    it('has a configuration that matches its schema', () => {
      const checked = compileCheck(example.configSchema)(example.config);
      expect(checked.ok, JSON.stringify(checked)).to.equal(true);
    });

    for (const [position, one] of example.cases.entries()) {
      it(`${one.file}: ${one.name}`, async () => {
        const result = await decide(one.input);
        expect(compareCase(one, result)).to.deep.equal([]);
        expect(result).to.deep.equal(fromSources[position]);
      });
    }

    it('decides generated inputs as opa eval does', async () => {
      const generated = fc.sample(inputs, GENERATED);
      const expected = opaDecisions(generated, { folder });
      const effects = new Map<string, number>();
      for (const [position, input] of generated.entries()) {
        const result = await decide(input);
        effects.set(result.effect, (effects.get(result.effect) ?? 0) + 1);
        expect(result, canonicalJson(input)).to.deep.equal(expected[position]);
      }
      // Inputs that are all denied would compare nothing.
      for (const effect of ['allow', 'narrow', 'review', 'deny']) {
        expect(effects.get(effect) ?? 0, effect).to.be.at.least(GENERATED / 200);
      }
    });

    it('grants nothing that was not asked, and accounts for every scope', () =>
      check(({ request }, { effect, grant, removed = [], reasons }) => {
        expect(reasons).not.to.be.empty;
        if (grant === undefined) return;
        const cut = new Set(removed.map(({ scope }) => scope));
        expect(grant.scopes).to.deep.equal(request.scopes.filter((scope) => !cut.has(scope)));
        expect(grant.scopes).not.to.be.empty;
        expect(cut.size > 0).to.equal(effect === 'narrow');
      }));

    it('grants nothing beyond the grants and the catalogue, no honey and nothing to review', () =>
      check(({ agent, resource }, { grant }) => {
        const own = agent.grants.filter(({ resource: on }) => on === '*' || on === resource.id);
        for (const scope of grant?.scopes ?? []) {
          const covers = (wide: string): boolean => scopeCovers(wide, scope);
          expect(
            own.some(({ scopes }) => scopes.some(covers)),
            scope,
          ).to.be.true;
          expect(
            resource.scopes.some((entry) => covers(entry.name)),
            scope,
          ).to.be.true;
          for (const entry of resource.scopes.filter((one) => overlaps(one.name, scope))) {
            expect(entry.honey ?? false, scope).to.be.false;
            expect(entry.review ?? false, scope).to.be.false;
          }
        }
      }));

    it('grants nothing for longer than any cap', () =>
      check(({ request, resource }, { grant }) => {
        const { ttl_seconds: granted = 1, scopes = [] } = grant ?? {};
        expect(granted).to.be.within(1, request.ttl_seconds);
        expect(granted).to.be.at.most(resource.max_ttl_seconds ?? Infinity);
        for (const { name: entry, risk, max_ttl_seconds: cap = Infinity } of resource.scopes) {
          if (!scopes.some((scope) => overlaps(entry, scope))) continue;
          expect(granted).to.be.at.most(Math.min(cap, example.config.ttl_seconds[risk]));
        }
      }));

    it('never gives more to an agent that lost a grant or a role', () =>
      fc.assert(
        fc.asyncProperty(inputs, fc.nat(), async (input, pick) => {
          const before = (await decide(input)).grant;
          const { grants, roles } = input.agent;
          const without = <T>(all: readonly T[]): T[] =>
            all.filter((_, position) => position !== pick % all.length);
          for (const agent of [
            { ...input.agent, grants: without(grants) },
            { ...input.agent, roles: without(roles) },
          ]) {
            const after = (await decide({ ...input, agent })).grant;
            if (after === undefined) continue;
            expect(before?.scopes ?? []).to.include.members([...after.scopes]);
            // Fewer scopes may have fewer caps; equal scopes must not last longer.
            if (before?.scopes.length === after.scopes.length) {
              expect(after.ttl_seconds).to.be.at.most(before.ttl_seconds);
            }
          }
        }),
        { numRuns: RUNS },
      ));

    // Only obligations may differ, which the agent does not see.
    it('answers alike for honey and unknown scopes, and whatever honey the score contains', () =>
      fc.assert(
        fc.asyncProperty(
          inputs,
          fc.constantFrom(0.1, 1, 3, 8, 20, 200),
          fc.integer({ min: 1, max: 4 }),
          async (input, squares, traps) => {
            const [plain, honey] = [0, traps].map((count) => scored(input, squares, count));
            expect(seen(await decide(honey!))).to.deep.equal(seen(await decide(plain!)));
            const asked = { ...plain!, request: { ...input.request, scopes: [BAIT.name] } };
            const baited = {
              ...{ ...honey!, request: asked.request },
              resource: { ...input.resource, scopes: [...input.resource.scopes, BAIT] },
            };
            expect(seen(await decide(baited))).to.deep.equal(seen(await decide(asked)));
          },
        ),
        { numRuns: RUNS },
      ));

    it('denies an input with a member too many or too few, wherever it is', async () => {
      const granted = example.cases.filter(({ expect: { effect } }) => effect === 'allow');
      for (const { input, name: note } of granted) {
        const { usual, strange } = strangeInputs(input);
        expect((await decide(usual)).effect, note).to.equal('allow');
        for (const { what, input: changed } of strange) {
          expect((await decide(changed)).effect, `${note}: ${what}`).to.equal('deny');
        }
      }
    });
  });
}
