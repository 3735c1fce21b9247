import { expect } from 'chai';
import fc from 'fast-check';
import {
  escapeStep,
  formatPointer,
  parsePointer,
  unescapeStep,
  valueAt,
} from '../../../src/domain/json-pointer.js';

/** Steps rich in the two escaped characters. */
const STEP = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom('~', '/', '0', '1', 'a') }),
  fc.constantFrom('', '__proto__', '~1', '~01', 'ü'),
);
const STEPS = fc.array(STEP, { maxLength: 6 });

describe('a JSON pointer', () => {
  it('gives its steps back after formatting and parsing', () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        expect(parsePointer(formatPointer(steps))).to.deep.equal(steps);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives its text back after parsing and formatting', () => {
    const TOKEN = fc.string({ unit: fc.constantFrom('~0', '~1', 'a', '%', ' ') });
    fc.assert(
      fc.property(fc.array(TOKEN, { maxLength: 6 }), (tokens) => {
        const pointer = tokens.map((token) => `/${token}`).join('');
        expect(formatPointer(parsePointer(pointer))).to.equal(pointer);
      }),
    );
  });

  it('escapes one step so that it holds no slash, and restores it', () => {
    fc.assert(
      fc.property(STEP, (step) => {
        const token = escapeStep(step);
        expect(token).not.to.include('/');
        expect(unescapeStep(token)).to.equal(step);
      }),
    );
  });

  it('follows the examples of RFC 6901 section 5', () => {
    const document = {
      foo: ['bar', 'baz'],
      '': 0,
      'a/b': 1,
      'c%d': 2,
      'e^f': 3,
      'g|h': 4,
      'i\\j': 5,
      'k"l': 6,
      ' ': 7,
      'm~n': 8,
    };
    const at = (pointer: string): unknown => valueAt(document, parsePointer(pointer));
    expect(at('')).to.equal(document);
    expect(at('/foo')).to.equal(document.foo);
    const pointers = '/foo/0 / /a~1b /c%d /e^f /g|h /i\\j /k"l /m~0n'.split(' ');
    expect(pointers.map(at)).to.deep.equal(['bar', 0, 1, 2, 3, 4, 5, 6, 8]);
    expect(at('/ ')).to.equal(7);
    expect(formatPointer(['foo', 0])).to.equal('/foo/0');
  });
});

describe('the value at the steps of a pointer', () => {
  it('is the value that was put there', () => {
    fc.assert(
      fc.property(STEPS, fc.jsonValue(), (steps, value) => {
        const document = steps.reduceRight<unknown>(
          (inner, step) => Object.fromEntries([[step, inner]]),
          value,
        );
        expect(valueAt(document, steps)).to.equal(value);
      }),
    );
  });

  it('is undefined below a missing member, a primitive value and an inherited member', () => {
    expect(valueAt({ a: 1 }, ['b', 'c'])).to.equal(undefined);
    expect(valueAt({ a: 'text' }, ['a', 'length'])).to.equal(undefined);
    expect(valueAt({ a: null }, ['a', 'b'])).to.equal(undefined);
    for (const inherited of ['__proto__', 'constructor', 'toString']) {
      expect(valueAt({}, [inherited])).to.equal(undefined);
    }
  });
});
