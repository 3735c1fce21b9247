import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { CountersignError } from '../../../../src/domain/errors.js';
import type { HostBuiltin } from '../../../../src/policy/builtins/host-builtin.js';
import { EngineFault } from '../../../../src/policy/serving/fault.js';
import { EVALUATION_FUEL } from '../../../../src/policy/wasm/fuel/cost.js';
import { budgetFault, FuelTank } from '../../../../src/policy/wasm/fuel/tank.js';
import type { PolicyInstance } from '../../../../src/policy/wasm/instance.js';
import { buildBundle } from '../../../support/bundles/build.js';
import { ENDLESS } from '../../../support/bundles/endless.js';
import { engineOf, rejection, requestInput } from '../engine-of.js';
import { instanceOf } from '../instance-of.js';

const inputOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** The class of the fault that an evaluation ends with; undefined when it gives a result. */
function faultOf(instance: PolicyInstance, input: unknown): string | undefined {
  try {
    instance.evaluate(inputOf(input));
    return undefined;
  } catch (error) {
    expect(error).to.be.instanceOf(EngineFault);
    return (error as EngineFault).fault;
  }
}

describe('trap 19: an evaluation that does not end', function () {
  this.timeout(60_000);

  it('trap 19: replace with an empty text is the fault `budget`, and the next evaluation is right', async () => {
    const instance = await instanceOf({ rego: 'decision := replace(input.text, input.old, "y")' });
    for (let i = 0; i < 3; i++) {
      expect(faultOf(instance, { text: 'abc', old: '' })).to.equal('budget');
      expect(instance.fuelUsed).to.equal(EVALUATION_FUEL);
      expect(instance.evaluate(inputOf({ text: 'abc', old: 'b' }))).to.equal('[{"result":"ayc"}]');
    }
    // The first one ran on a fresh instance; each other one was repeated on one.
    expect([instance.secondRuns, instance.replacements, instance.rebuilds]).to.deep.equal([
      2, 5, 5,
    ]);
  });

  it('trap 19: thousands of patterns from data end, and the next evaluation is right', async () => {
    const patterns = Array.from({ length: 2500 }, (_, i) => `^a${String(i)}[bc]+$`);
    const rego = 'decision := count([p | some p in data.patterns; regex.match(p, input.text)])';
    const few =
      'decision := 0 if not input.all\n\nelse := count([p | some p in data.patterns; regex.match(p, input.text)])';
    expect(faultOf(await instanceOf({ rego, data: { patterns } }), { text: 'abc' })).to.equal(
      'budget',
    );
    const instance = await instanceOf({ rego: few, data: { patterns } });
    expect(faultOf(instance, { all: true, text: 'abc' })).to.equal('budget');
    expect(instance.evaluate(inputOf({ all: false }))).to.equal('[{"result":0}]');
  });

  it('trap 19: a request gets a separate error, and the next request is decided', async () => {
    const engine = await engineOf(ENDLESS, { monotonicMs: () => 0 });
    const ask = (scope: string) => {
      const input = requestInput();
      return engine.decide({ ...input, request: { ...input.request, scopes: [scope] } });
    };
    const error = await rejection(ask('endless'));
    expect(error).to.be.instanceOf(CountersignError);
    expect(error).to.include({ code: 'policy_budget_exceeded', detail: 'Nothing was granted.' });
    expect((await ask('read')).result.effect).to.equal('allow');
    expect(engine.counters().faults).to.include({ budget: 1, trap: 0 });
  });

  it('trap 19: a call depth over the stack of the host stays a trap', async () => {
    const rego = 'decision := walk_count if walk_count := count([1 | walk(input.deep)])';
    const instance = await instanceOf({ rego });
    const deep = `${'{"d":'.repeat(60_000)}1${'}'.repeat(60_000)}`;
    const classes = new Set<string>();
    try {
      instance.evaluate(Buffer.from(`{"deep":${deep}}`));
    } catch (error) {
      classes.add((error as EngineFault).fault);
    }
    expect([...classes]).to.deep.equal(['trap']);
    expect(instance.evaluate(inputOf({ deep: 1 }))).to.equal('[{"result":1}]');
  });
});

describe('the fuel of an evaluation', function () {
  this.timeout(60_000);
  const rego = 'decision := count([x | some x in numbers.range(1, input.n)])';

  it('is equal for one input on fresh instances', async () => {
    const first = await instanceOf({ rego });
    const used = [first, first.another(), first.another()].map((instance) => {
      instance.evaluate(inputOf({ n: 100 }));
      return instance.fuelUsed;
    });
    expect(new Set(used).size).to.equal(1);
    expect(used[0]).to.be.within(1, EVALUATION_FUEL / 100);
  });

  it('is filled before each evaluation', async () => {
    const instance = await instanceOf({ rego });
    instance.evaluate(inputOf({ n: 1000 }));
    const enough = instance.fuelUsed * 2;
    const bounded = await instanceOf({ rego }, { fuel: enough });
    for (let i = 0; i < 10; i++) bounded.evaluate(inputOf({ n: 1000 }));
    expect(bounded.replacements).to.equal(0);
    expect(faultOf(bounded, { n: 10_000 })).to.equal('budget');
  });

  it('is paid for by host builtins by the size of their work, without a throw of theirs', async () => {
    const seen: number[] = [];
    const long: HostBuiltin = {
      arity: 1,
      call: (size) => {
        seen.push(Number(size));
        return 'x'.repeat(Number(size));
      },
    };
    const source = {
      rego: 'decision := count(test.long(input.size))',
      builtins: [{ name: 'test.long', arity: 1 }],
    };
    const instance = await instanceOf(source, { builtins: new Map([['test.long', long]]) });
    instance.evaluate(inputOf({ size: 1 }));
    const small = instance.fuelUsed;
    expect(instance.evaluate(inputOf({ size: 10_000 }))).to.equal('[{"result":10000}]');
    expect(instance.fuelUsed - small).to.be.greaterThan(4 * 10_000);
    expect(faultOf(instance, { size: 3_000_000 })).to.equal('budget');
    expect(seen.at(-1), 'the builtin returned').to.equal(3_000_000);
    expect(instance.evaluate(inputOf({ size: 1 }))).to.equal('[{"result":1}]');
  });

  it('is not to blame for a call depth over the stack of the host, even when none is left', () => {
    const tank = new FuelTank(new WebAssembly.Global({ value: 'i64', mutable: true }, 0n));
    const overflow = new RangeError('Maximum call stack size exceeded');
    expect(budgetFault(overflow, tank, 'it')).to.equal(overflow);
    const trap = new WebAssembly.RuntimeError('unreachable');
    expect(budgetFault(trap, tank, 'it')).to.have.property('fault', 'budget');
    tank.fill(1);
    expect(budgetFault(trap, tank, 'it')).to.equal(trap);
  });

  it('does not bound the loading of megabytes of data', async () => {
    const list = Array.from({ length: 60_000 }, (_, i) => ({ id: `entry-${String(i)}`, n: i }));
    const instance = await instanceOf({ rego: 'decision := count(data.list)', data: { list } });
    expect(instance.evaluate(inputOf({}))).to.equal('[{"result":60000}]');
  });

  it('must be there: a module as it was compiled does not run', async () => {
    const made = instanceOf({ rego }, { module: await originalModule(rego) });
    expect(await rejection(made)).to.include({
      fault: 'abort',
      message: 'the module runs without fuel',
    });
  });
});

async function originalModule(rego: string): Promise<WebAssembly.Module> {
  const { readBundleArchive } = await import('../../../../src/policy/bundle/read.js');
  const archive = readFileSync(buildBundle({ rego }));
  const { modules } = await readBundleArchive(archive, { verification: 'off' });
  const wasm = modules.get('countersign/decision')?.original ?? new Uint8Array();
  return new WebAssembly.Module(new Uint8Array(wasm));
}
