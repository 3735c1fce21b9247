import { expect } from 'chai';
import { inlineConstants } from '../../../src/redis/script-constants.js';

describe('the constants of a script', () => {
  it('are written in place of their names, and the lines stay', () => {
    const source = 'local A, B_2 = 5, -0.25\nlocal RATE = 1 / 1000\nreturn s[A + 1] * B_2 * RATE';
    expect(inlineConstants(source)).to.equal('\n\nreturn s[5 + 1] * (-0.25) * (1 / 1000)');
  });

  it('are known after two dots, which join', () => {
    expect(inlineConstants('local A = 1\nreturn x..A')).to.equal('\nreturn x..1');
  });

  it('are left alone in strings, comments, fields and longer names', () => {
    const source = "local A = 1\nlocal b = 'A' .. t.A .. KEYS[A] .. AB .. 'it\\'s A' -- A";
    expect(inlineConstants(source)).to.equal(
      "\nlocal b = 'A' .. t.A .. KEYS[1] .. AB .. 'it\\'s A' -- A",
    );
  });

  it('are no constants inside a function, or when they are no numbers', () => {
    const source =
      "local WORD = 'NaN'\nlocal LIST = { 1, 2 }\nfunction f()\n  local A = 1\n  return A\nend";
    expect(inlineConstants(source)).to.equal(source);
  });

  it('are refused when one is declared twice, or without a number', () => {
    expect(() => inlineConstants('local A = 1\nlocal A = 2')).to.throw('A is declared twice');
    expect(() => inlineConstants('local A, B = 1')).to.throw('1 numbers');
  });
});
