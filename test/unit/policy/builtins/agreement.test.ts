import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostBuiltins } from '../../../../src/policy/builtins/index.js';
import { EngineFault } from '../../../../src/policy/serving/fault.js';
import { parseJson } from '../../../../src/policy/json/lossless.js';
import { opa } from '../../../support/bundles/opa.js';
import { instanceOf } from '../instance-of.js';
import { AGREED, FAILING } from './expressions.js';

const INPUT = '{"text":"not what it should be","list":[1],"n":7,"scope":"read:x"}';

describe('host builtins agree with OPA', function () {
  this.timeout(60_000);

  it('on every expression of the table', async () => {
    const rules = AGREED.map((expression, i) => `results["${String(i)}"] := ${expression}`);
    const rego = `package countersign\n\n${rules.join('\n')}\n`;
    const source = { rego: { 'p.rego': rego }, entrypoints: ['countersign/results'] };
    const instance = await instanceOf(source, { entrypoint: 'countersign/results' });
    const ours = resultOf(instance.evaluate(Buffer.from(INPUT)) ?? '');
    const theirs = evaluate(rego, 'data.countersign.results');
    for (const [i, expression] of AGREED.entries()) {
      const key = String(i);
      expect(ours, `${expression} is undefined here`).to.have.property(key);
      expect(ours[key], expression).to.deep.equal(theirs[key]);
    }
  });

  it('on what fails: undefined there, the end of the evaluation here', async () => {
    const rego = `package countersign\n\n${FAILING.map(
      (expression, i) => `results["${String(i)}"] := ${expression}`,
    ).join('\n')}\n`;
    expect(evaluate(rego, 'data.countersign.results')).to.deep.equal({});
    const branches = FAILING.map(
      (expression, i) => `decision := ${expression} if input.case == ${String(i)}`,
    );
    const instance = await instanceOf({ rego: branches.join('\n') });
    for (const [i, expression] of FAILING.entries()) {
      const input = `{"case":${String(i)},${INPUT.slice(1)}`;
      expect(() => instance.evaluate(Buffer.from(input)), expression)
        .to.throw(EngineFault)
        .with.property('fault', 'builtin');
    }
  });

  it('has an expression for every builtin the host supplies', () => {
    const named = [...hostBuiltins.keys()].filter(
      (name) => !AGREED.some((expression) => expression.includes(`${name}(`)),
    );
    expect(named).to.deep.equal([]);
  });
});

function resultOf(text: string): Record<string, unknown> {
  const [first] = parseJson(text) as unknown as { result: Record<string, unknown> }[];
  return plain(first?.result) as Record<string, unknown>;
}

function evaluate(rego: string, query: string): Record<string, unknown> {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-opa-eval-'));
  try {
    writeFileSync(join(dir, 'p.rego'), rego);
    writeFileSync(join(dir, 'input.json'), INPUT);
    const text = opa(['eval', '-d', 'p.rego', '-i', 'input.json', '-f', 'raw', query], {
      cwd: dir,
    });
    return plain(parseJson(text)) as Record<string, unknown>;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Without null prototypes, which deep equality tells apart. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
}
