import { expect } from 'chai';
import { EngineFault } from '../../../../src/policy/serving/fault.js';
import { memoryLimits } from '../../../../src/policy/wasm/memory-import.js';
import { PAGE_BYTES } from '../../../../src/policy/wasm/instance.js';
import { fixtureBundle } from '../../../support/bundles/build.js';
import { ALLOW, engineOf, rejection } from '../engine-of.js';
import { instanceOf } from '../instance-of.js';
import { rawPolicy } from '../raw-package.js';

const MIB = 1024 * 1024;
const pattern = {
  rego: 'default decision := false\n\ndecision if regex.match(`^\\p{L}{1,10}$`, input.a)',
};
/** Fuel for evaluations that are to end for other reasons. */
const fuel = 1_000_000_000;
const range = { rego: 'decision := count(numbers.range(1, input.n))' };

function repeat(times: number, act: () => unknown): number {
  const start = performance.now();
  for (let i = 0; i < times; i++) act();
  return performance.now() - start;
}

describe('traps 7, 9 and 10: heap and memory', function () {
  this.timeout(60_000);

  it('trap 7: patterns are compiled once, not at every evaluation as the fast path does', async () => {
    const instance = await instanceOf(pattern);
    const raw = await rawPolicy(pattern);
    const input = Buffer.from('{"a":"abc"}');
    instance.evaluate(input);
    const ours = repeat(5, () => instance.evaluate(input));
    const theirs = repeat(5, () => raw.evaluate({ a: 'abc' }));
    // A hundred times less; a factor of ten cannot be noise.
    expect(ours * 10).to.be.lessThan(theirs);
  });

  it('trap 7: the heap is reset past its threshold, so memory does not grow with use', async () => {
    const instance = await instanceOf(pattern, { heapResetBytes: MIB });
    const input = Buffer.from(JSON.stringify({ a: 'abc', rest: 'x'.repeat(2000) }));
    instance.evaluate(input);
    const before = instance.memoryBytes;
    for (let i = 0; i < 5000; i++) expect(instance.evaluate(input)).to.equal('[{"result":true}]');
    expect(instance.memoryBytes - before).to.be.at.most(4 * MIB);
    expect(instance.recycles).to.equal(0);
  });

  it('trap 7: patterns larger than the threshold do not make it reset at every evaluation', async () => {
    const limits = { heapResetBytes: 64 * 1024, recycleGrowthBytes: 64 * 1024 };
    const instance = await instanceOf(pattern, limits);
    const input = Buffer.from('{"a":"abc"}');
    const first = repeat(1, () => instance.evaluate(input));
    expect(repeat(5, () => instance.evaluate(input))).to.be.lessThan(first);
    expect(instance.recycles).to.equal(0);
  });

  it('trap 9: the minimum comes from the import section: a large policy loads', async () => {
    const texts = Array.from({ length: 400 }, (_, i) => `"${String(i)}${'x'.repeat(4000)}"`);
    const large = { rego: `texts := [${texts.join(',')}]\n\ndecision := count(texts)` };
    const wasm = (await fixtureBundle(large)).modules.get('countersign/decision')?.original;
    expect(memoryLimits(wasm ?? new Uint8Array()).minPages).to.be.greaterThan(5);
    const instance = await instanceOf(large);
    expect(instance.evaluate(Buffer.from('{}'))).to.equal('[{"result":400}]');
    const theirs = await rawPolicy(large, {}, {}).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(theirs, 'control: the package with its 5 pages').to.be.instanceOf(WebAssembly.LinkError);
  });

  it('trap 9: memory is capped; an evaluation that needs more is a fault, and the next one is fine', async () => {
    const instance = await instanceOf(range, { memoryMaxBytes: 32 * MIB, fuel });
    expect(() => instance.evaluate(Buffer.from('{"n":5000000}')))
      .to.throw(EngineFault)
      .with.property('fault', 'out_of_memory');
    expect(instance.memoryBytes).to.be.at.most(32 * MIB);
    expect(instance.evaluate(Buffer.from('{"n":5}'))).to.equal('[{"result":5}]');
  });

  it('trap 9: a cap of 2 GiB or more is refused, and one below the minimum too', async () => {
    const limits = { heapResetBytes: MIB, recycleGrowthBytes: MIB };
    const over = engineOf({ rego: ALLOW }, { limits: { ...limits, memoryMaxBytes: 2048 * MIB } });
    expect((await rejection(over)).message).to.contain('2 GiB');
    const under = engineOf({ rego: ALLOW }, { limits: { ...limits, memoryMaxBytes: PAGE_BYTES } });
    expect((await rejection(under)).message).to.contain('out_of_memory');
  });

  it('trap 10: an instance with grown memory is recreated, with its data', async () => {
    const source = {
      rego: 'decision := [data.word, count(numbers.range(1, input.n))]',
      data: { word: 'kept' },
    };
    const instance = await instanceOf(source, { recycleGrowthBytes: 4 * MIB, fuel });
    instance.evaluate(Buffer.from('{"n":1}'));
    const before = instance.memoryBytes;
    expect(instance.evaluate(Buffer.from('{"n":200000}'))).to.equal('[{"result":["kept",200000]}]');
    expect(instance.recycles).to.equal(1);
    expect(instance.memoryBytes).to.equal(before);
    expect(instance.evaluate(Buffer.from('{"n":2}'))).to.equal('[{"result":["kept",2]}]');
  });
});
