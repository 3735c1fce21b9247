import { expect } from 'chai';
import type { PolicyInput } from '../../../../src/domain/policy.js';
import { EngineFault } from '../../../../src/policy/serving/fault.js';
import { ALLOW, engineOf, rejection, requestInput } from '../engine-of.js';
import { instanceOf } from '../instance-of.js';
import { rawPolicy, thrownBy } from '../raw-package.js';

const open = { rego: 'default decision := false\n\ndecision if not input.blocked' };

describe('traps 2, 6 and 16: what the engine takes as input', function () {
  this.timeout(30_000);

  it('trap 2: malformed JSON is a fault, not an undefined input', async () => {
    const instance = await instanceOf(open);
    for (const text of ['{"blocked":true', '', '{', 'nonsense', '{"blocked":true,}']) {
      expect(() => instance.evaluate(Buffer.from(text)), text).to.throw(EngineFault);
    }
    expect(instance.evaluate(Buffer.from('{"blocked":true}'))).to.equal('[{"result":false}]');
  });

  it('control: the package alone evaluates a malformed ArrayBuffer as undefined input', async () => {
    const policy = await rawPolicy(open);
    const malformed = new Uint8Array(Buffer.from('{"blocked":true')).buffer;
    expect(policy.evaluate(malformed)).to.deep.equal([{ result: true }]);
  });

  it('trap 6: only a plain object is an input', async () => {
    const engine = await engineOf({ rego: ALLOW });
    const others = [undefined, null, 0, false, '', '{}', [], Buffer.from('{}'), new Map(), () => 1];
    for (const other of others) {
      const error = await rejection(engine.decide(other as unknown as PolicyInput));
      expect(error).to.include({ code: 'temporarily_unavailable' });
      expect(error.message).to.contain('input_invalid');
    }
    expect(engine.counters().evaluations).to.equal(0);
  });

  it('control: the package alone drops a falsy input', async () => {
    const policy = await rawPolicy({ rego: 'default decision := "none"\n\ndecision := input' });
    expect(policy.evaluate(false)).to.deep.equal([{ result: 'none' }]);
  });

  for (const [what, text] of [
    ['a lone surrogate', '\ud800'],
    ['a lone low surrogate', 'a\udc00b'],
    ['NUL', 'a\0b'],
  ] as const) {
    it(`refuses ${what} anywhere, before WASM sees it`, async () => {
      const engine = await engineOf({ rego: ALLOW });
      for (const input of [
        requestInput({ agent: { id: text } }),
        requestInput({ agent: { labels: { [text]: 'x' } } }),
      ]) {
        expect((await rejection(engine.decide(input))).message).to.contain('input_invalid');
      }
      expect(engine.counters().instanceReplacements).to.equal(0);
    });
  }

  it('trap 16: an input nested over 64 deep is refused', async () => {
    const engine = await engineOf({ rego: ALLOW });
    const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
    const input = (depth: number): PolicyInput =>
      ({ ...requestInput(), deep: nested(depth) }) as unknown as PolicyInput;
    await engine.decide(input(60));
    expect((await rejection(engine.decide(input(64)))).message).to.contain('nested too deeply');
  });

  it('trap 16: JSON nested 200,000 deep at the instance is a fault it survives', async () => {
    const instance = await instanceOf(open);
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    expect(() => instance.evaluate(Buffer.from(deep))).to.throw(EngineFault);
    expect(instance.evaluate(Buffer.from('{"blocked":true}'))).to.equal('[{"result":false}]');
  });

  it('control: the package alone overflows the stack on it', async () => {
    const policy = await rawPolicy(open, {}, { initial: 2000 });
    const deep = new Uint8Array(Buffer.from('['.repeat(200_000) + ']'.repeat(200_000))).buffer;
    expect(thrownBy(() => policy.evaluate(deep))).to.not.equal(undefined);
  });
});
