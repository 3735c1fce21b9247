import { expect } from 'chai';
import type { ModuleSpec } from '../../../support/wasm/encode-module.js';
import { T } from '../../../support/wasm/encode-module.js';
import { Metered } from './metered.js';

const MANY = 1_000_000;
const I32_CONST = 0x41;
const GET = 0x20;
const SET = 0x21;
const TEE = 0x22;
const END = 0x0b;

/** Counts local `n` down to 0 in a loop around `inner`. */
function countDown(n: number, inner: readonly number[] = []): number[] {
  return [...[0x03, T.empty, ...inner], ...[GET, n, I32_CONST, 1, 0x6b, TEE, n, 0x0d, 0, END]];
}

const one = { parameters: [T.i32], name: 'run' };
const LOOP: ModuleSpec = { functions: [{ ...one, code: [...countDown(0), END] }] };
/** As many turns as the product: the inner counter is local 2, begun again from parameter 1. */
const NESTED: ModuleSpec = {
  functions: [
    {
      parameters: [T.i32, T.i32],
      locals: [T.i32],
      name: 'run',
      code: [...countDown(0, [GET, 1, SET, 2, ...countDown(2)]), END],
    },
  ],
};
const ENDLESS: ModuleSpec = {
  functions: [{ name: 'run', code: [0x03, T.empty, 0x0c, 0, END, END] }],
};
/** run(n) calls itself with n - 1 until n is 0. */
const RECURSION: ModuleSpec = {
  functions: [
    { ...one, code: [GET, 0, 0x04, T.empty, GET, 0, I32_CONST, 1, 0x6b, 0x10, 0, END, END] },
  ],
};
/** A loop that a table of branches repeats: 0 ends it, all else repeats it. */
const TABLE: ModuleSpec = {
  functions: [
    {
      ...one,
      code: [
        ...[0x02, T.empty, 0x03, T.empty],
        ...[GET, 0, GET, 0, I32_CONST, 1, 0x6b, SET, 0, 0x0e, 1, 1, 0, END, END],
        END,
      ],
    },
  ],
};
/** A loop that takes two values and gives two: adds n, n - 1, … 1. */
const MULTI_VALUE: ModuleSpec = {
  types: [[[T.i32, T.i32], [T.i32]]],
  functions: [
    {
      parameters: [T.i32],
      results: [T.i32],
      locals: [T.i32],
      name: 'run',
      code: [
        ...[I32_CONST, 0, GET, 0, 0x03, 0],
        // Stack: sum, n. n goes to local 1 and is added.
        ...[TEE, 1, 0x6a, GET, 1, I32_CONST, 1, 0x6b, TEE, 1, GET, 1],
        // n - 1 is on the stack twice: one decides, one is the operand of the next turn.
        ...[0x0d, 0, 0x1a, END, END],
      ],
    },
  ],
};

describe('fuel pays for turns', () => {
  it('of a loop: as many units for each turn', () => {
    const module = new Metered(LOOP);
    const [ten, thousand] = [module.call(MANY, 10), module.call(MANY, 1000)];
    expect(ten.trap).to.equal(undefined);
    expect(thousand.used - ten.used).to.equal(990);
  });

  it('of nested loops: the product', () => {
    const module = new Metered(NESTED);
    const [small, large] = [module.call(MANY, 10, 10), module.call(MANY, 100, 100)];
    expect(small.used).to.be.within(100, 130);
    expect(large.used).to.be.within(10_000, 10_300);
  });

  it('of a function that calls itself', () => {
    const module = new Metered(RECURSION);
    expect(module.call(MANY, 1000).used).to.equal(1001);
    expect(module.call(500, 1000)).to.include({ trap: 'unreachable', left: 0n });
  });

  it('of a loop that a table of branches repeats', () => {
    const module = new Metered(TABLE);
    expect(module.call(MANY, 1000).used).to.equal(1002);
    expect(module.call(1001, 1000)).to.include({ trap: 'unreachable', left: 0n });
  });

  it('of a loop with operands and a result, which stay as they were', () => {
    const module = new Metered(MULTI_VALUE);
    const { result, used } = module.call(MANY, 100);
    expect(result).to.equal(module.callPlain(100)).and.to.equal(5050);
    expect(used).to.equal(101);
  });

  it('until none is left: an endless loop ends by unreachable, and the fuel stays at 0', () => {
    const module = new Metered(ENDLESS);
    for (const fuel of [0, 1, 2, 12_345]) {
      expect(module.call(fuel)).to.include({ trap: 'unreachable', left: 0n });
    }
    expect(module.call(0)).to.include({ trap: 'unreachable', left: 0n });
  });

  it('exactly: with one unit less than was used it ends', () => {
    const module = new Metered(LOOP);
    const { used } = module.call(MANY, 100);
    expect(module.call(used, 100)).to.include({ trap: undefined, left: 0n });
    expect(module.call(used - 1, 100)).to.include({ trap: 'unreachable', left: 0n });
  });
});
