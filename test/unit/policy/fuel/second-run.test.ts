import { expect } from 'chai';
import { instanceOf } from '../instance-of.js';

const inputOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const REPLACE = { rego: 'decision := replace(input.text, input.old, "y")' };
const MATCH = { rego: 'decision := regex.match(input.pattern, "abc")' };
const MIB = 1024 * 1024;

describe('an evaluation that used up its fuel', function () {
  this.timeout(60_000);

  it('is repeated on a fresh instance when others were evaluated before, and ends alike', async () => {
    const instance = await instanceOf(REPLACE);
    const endless = (): string | undefined => instance.evaluate(inputOf({ text: 'abc', old: '' }));
    expect(endless).to.throw().with.property('fault', 'budget');
    expect([instance.secondRuns, instance.replacements]).to.deep.equal([0, 1]);
    expect(instance.evaluate(inputOf({ text: 'abc', old: 'b' }))).to.equal('[{"result":"ayc"}]');
    expect(endless).to.throw().with.property('fault', 'budget');
    expect([instance.secondRuns, instance.replacements]).to.deep.equal([1, 3]);
    expect(instance.evaluate(inputOf({ text: 'abc', old: 'b' }))).to.equal('[{"result":"ayc"}]');
  });

  it('is decided by the fresh instance: patterns of earlier inputs do not count', async () => {
    const pattern = (n: number): Buffer => inputOf({ pattern: `^a${String(n)}[bc]+$` });
    const options = { heapResetBytes: 256 * MIB, recycleGrowthBytes: 256 * MIB };
    const plain = await instanceOf(MATCH, options);
    plain.evaluate(pattern(0));
    const fresh = plain.fuelUsed;
    // Each pattern that is kept makes the next one dearer.
    for (let n = 1; n <= 2000; n++) plain.evaluate(pattern(n));
    expect(plain.fuelUsed, 'control').to.be.greaterThan(2 * fresh);
    const instance = await instanceOf(MATCH, { ...options, fuel: 2 * fresh });
    for (let n = 0; n <= 2000; n++) {
      expect(instance.evaluate(pattern(n))).to.equal('[{"result":false}]');
    }
    expect(instance.secondRuns).to.be.greaterThan(0);
  });

  it('takes a spare that was built when idle, with a separate memory', async () => {
    const jobs: (() => void)[] = [];
    const data = { word: 'kept' };
    const source = { rego: 'decision := [data.word, replace(input.text, input.old, "y")]', data };
    const instance = await instanceOf(source, { runLater: (job) => jobs.push(job) });
    expect(jobs).to.have.lengthOf(0);
    instance.keepSpare(true);
    expect(jobs).to.have.lengthOf(1);
    const memories = countMemories();
    try {
      jobs.shift()?.();
      expect(memories.made()).to.equal(1);
      const endless = inputOf({ text: 'abc', old: '' });
      expect(() => instance.evaluate(endless))
        .to.throw()
        .with.property('fault', 'budget');
      expect(memories.made(), 'the spare serves').to.equal(1);
      expect(jobs, 'the next spare is due').to.have.lengthOf(1);
      expect(instance.evaluate(inputOf({ text: 'abc', old: 'b' }))).to.equal(
        '[{"result":["kept","ayc"]}]',
      );
      jobs.shift()?.();
      expect(memories.made()).to.equal(2);
      instance.keepSpare(false);
      expect(() => instance.evaluate(endless))
        .to.throw()
        .with.property('fault', 'budget');
      expect(jobs, 'none is kept').to.have.lengthOf(0);
    } finally {
      memories.restore();
    }
  });
});

function countMemories(): { readonly made: () => number; readonly restore: () => void } {
  const Plain = WebAssembly.Memory;
  let count = 0;
  WebAssembly.Memory = class extends Plain {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor);
      count += 1;
    }
  };
  return {
    made: () => count,
    restore: () => {
      WebAssembly.Memory = Plain;
    },
  };
}
