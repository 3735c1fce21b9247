import { expect } from 'chai';
import { T, type ModuleSpec } from '../../../support/wasm/encode-module.js';
import { Metered } from './metered.js';

const MANY = 10_000_000;
const GET = 0x20;
const I32_CONST = 0x41;
const DROP = 0x1a;
const END = 0x0b;
const NOP = 0x01;
const BYTES_OF_A_UNIT = 64;

const onLength = (code: readonly number[], more: Partial<ModuleSpec> = {}): ModuleSpec => ({
  functions: [{ parameters: [T.i32], name: 'run', code: [...code, END] }],
  memoryPages: 16,
  table: [0, 0, 0, 0, 0, 0, 0, 0],
  ...more,
});
const zero = [I32_CONST, 0];

/** Operations over a length, with the units of the longest that the memory or table admits. */
const OVER_LENGTH = {
  'memory.fill': [onLength([...zero, ...zero, GET, 0, 0xfc, 11, 0]), 1_048_576, 16_384],
  'memory.copy': [onLength([...zero, ...zero, GET, 0, 0xfc, 10, 0, 0]), 1_048_576, 16_384],
  'memory.init': [
    onLength([...zero, ...zero, GET, 0, 0xfc, 8, 0, 0], { data: Array(640).fill(7) as number[] }),
    640,
    10,
  ],
  'table.copy': [onLength([...zero, ...zero, GET, 0, 0xfc, 14, 0, 0]), 8, 8],
  'table.fill': [onLength([...zero, 0xd0, T.funcref, GET, 0, 0xfc, 17, 0]), 8, 8],
  'table.grow': [onLength([0xd0, T.funcref, GET, 0, 0xfc, 15, 0, DROP]), 1000, 1000],
} as const;

describe('fuel pays for lengths', () => {
  for (const [what, [spec, length, units]] of Object.entries(OVER_LENGTH)) {
    it(`of ${what}: ${String(units)} units for ${String(length)}`, () => {
      const module = new Metered(spec);
      const nothing = module.call(MANY, 0);
      const all = module.call(MANY, length);
      expect(nothing.trap).to.equal(undefined);
      expect(all.trap).to.equal(undefined);
      expect(all.used - nothing.used).to.equal(units);
    });
  }

  it('before the operation: a length that would trap in it ends for lack of fuel, and does not wrap', () => {
    const module = new Metered(OVER_LENGTH['memory.fill'][0]);
    expect(module.call(1000, -1)).to.include({ trap: 'unreachable', left: 0n });
    const { trap, used } = module.call(100_000_000, -1);
    expect(trap).to.match(/out of bounds/);
    expect(used).to.be.within(2 ** 32 / BYTES_OF_A_UNIT - 1, 2 ** 32 / BYTES_OF_A_UNIT + 1);
  });

  it('of memory.grow only when it runs, in addition to its turn', () => {
    const grow = [GET, 0, 0x04, T.empty, I32_CONST, 0, 0x40, 0, DROP, END];
    const module = new Metered(onLength(grow));
    expect(module.call(MANY, 0).used).to.equal(1);
    expect(module.call(MANY, 1).used).to.equal(1001);
  });

  it('of straight-line code by its instructions, in parts as it is reached', () => {
    const long = Array<number>(4096).fill(NOP);
    // Returns at once unless the operand is 0.
    const module = new Metered(onLength([GET, 0, 0x0d, 0, ...long]));
    expect(module.call(MANY, 0).used).to.be.within(4096 / 32, 4096 / 32 + 2);
    expect(module.call(MANY, 1).used).to.equal(9);
  });

  it('of both branches of an `if` each by its own instructions', () => {
    const [short, long] = [Array<number>(16).fill(NOP), Array<number>(4096).fill(NOP)];
    for (const [yes, no] of [
      [short, long],
      [long, short],
    ] as const) {
      const module = new Metered(onLength([GET, 0, 0x04, T.empty, ...yes, 0x05, ...no, END]));
      const expected = (branch: readonly number[]): number => 1 + Math.floor(branch.length / 32);
      expect(module.call(MANY, 1).used).to.be.within(expected(yes) - 1, expected(yes) + 9);
      expect(module.call(MANY, 0).used).to.be.within(expected(no) - 1, expected(no) + 9);
    }
  });

  it('of code after a block that was left early', () => {
    const long = Array<number>(4096).fill(NOP);
    // The block is left at once; what follows it runs.
    const module = new Metered(onLength([0x02, T.empty, 0x0c, 0, ...long, END, ...long]));
    expect(module.call(MANY, 0).used).to.be.within(128 - 9, 128 + 10);
  });
});
