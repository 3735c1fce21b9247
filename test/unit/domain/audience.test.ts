import { expect } from 'chai';
import fc from 'fast-check';
import {
  audienceFloorFields,
  audienceKey,
  firstEqualAudiences,
  formerHoldersOfAudience,
  holderOfAudience,
} from '../../../src/domain/audience.js';

const EQUAL: readonly (readonly [string, string])[] = [
  ['https://api.example', 'HTTPS://API.Example'],
  ['https://api.example', 'https://api.example/'],
  ['https://api.example', 'https://api.example:443'],
  ['http://api.example:80/', 'http://api.example'],
  ['https://api.example?a=B', 'https://api.example/?a=B'],
  ['https://api.example#x', 'https://api.example/#x'],
  ['https://[2001:DB8::1]:443', 'https://[2001:db8::1]/'],
  ['https://User@api.example', 'https://User@API.example:443/'],
];

const DIFFERENT: readonly (readonly [string, string])[] = [
  ['https://api.example', 'http://api.example'],
  ['https://api.example/v1', 'https://api.example/V1'],
  ['https://api.example/v1', 'https://api.example/v1/'],
  ['https://api.example/a/../b', 'https://api.example/b'],
  ['https://api.example/./b', 'https://api.example/b'],
  ['https://api.example/%7ea', 'https://api.example/~a'],
  ['https://api.example/%2F', 'https://api.example/%2f'],
  ['https://api.example', 'https://api.example.'],
  ['https://api.example', 'https://api.example:'],
  ['https://api.example:443', 'https://api.example:0443'],
  ['https://api.example', 'https://api.example:80'],
  ['http://api.example', 'http://api.example:443'],
  ['https://api.example\\x', 'https://api.example/x'],
  ['https:/api.example', 'https://api.example'],
  ['https:api.example', 'https://api.example'],
  ['https://127.1', 'https://127.0.0.1'],
  ['https://0x7f.1', 'https://127.0.0.1'],
  ['https://xn--bcher-kva.example', 'https://bücher.example'],
  ['https://[::1]', 'https://[0:0:0:0:0:0:0:1]'],
  ['https://User@api.example', 'https://user@api.example'],
  ['https://api.example/?', 'https://api.example/'],
  ['https://a:b:443', 'https://a:b'],
  ['https://A:b:c', 'https://a:b:c'],
  ['urn:Example:a', 'urn:example:a'],
  ['ftp://Host', 'ftp://host'],
  ['ws://host:80', 'ws://host'],
  [' https://api.example', 'https://api.example'],
  ['https://api.example/\tb', 'https://api.example/b'],
  // Letters that lose their length or become ASCII in lower case.
  ['https://\u212a.example', 'https://k.example'],
  ['http\u017f://api.example', 'https://api.example'],
  ['https://\u0130.example', 'https://i\u0307.example'],
];

describe('audienceKey', () => {
  for (const [one, other] of EQUAL) {
    it(`is one for ${one} and ${other}`, () => {
      expect(audienceKey(one)).to.equal(audienceKey(other));
    });
  }

  for (const [one, other] of DIFFERENT) {
    it(`tells ${JSON.stringify(one)} from ${JSON.stringify(other)}`, () => {
      expect(audienceKey(one)).to.not.equal(audienceKey(other));
    });
  }

  const pieces = fc.constantFrom(
    ...['http', 'HTTPS', 'https', '://', ':', '/', '?', '#', '@', '[', ']', ':80', ':443', '%41'],
    ...['a', 'B', '.', '..', '\\', ' ', '\n', '\u0130', '\u212a', '\ud800'],
  );
  const strange = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.array(pieces, { maxLength: 12 }).map((parts) => `https://${parts.join('')}`),
  );

  it('is total and idempotent over any text, and changes no other scheme', () => {
    fc.assert(
      fc.property(strange, (text) => {
        const key = audienceKey(text);
        expect(audienceKey(key)).to.equal(key);
        if (!/^https?:\/\//i.test(text)) expect(key).to.equal(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('changes nothing but case, a default port and an empty path', () => {
    fc.assert(
      fc.property(strange, (text) => {
        const letters = (of: string): string =>
          of.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/:(?:80|443)(?=\/)/g, '');
        // With a slash where there may be one, only the letters of scheme and host are other ones.
        const withSlash = text.replace(/^(https?:\/\/[^/?#]*)(?=[?#]|$)/i, '$1/');
        expect([letters(text), letters(withSlash)]).to.include(letters(audienceKey(text)));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes twice the time for twice the text, whatever the text', () => {
    const bombs = ['@', ':', '[', 'A', ':4', '@[', '/', '@a:1'];
    for (const bomb of bombs) {
      const time = (length: number): number => {
        const text = `https://${bomb.repeat(length / bomb.length)}`;
        let best = Number.POSITIVE_INFINITY;
        for (let tries = 0; tries < 7; tries++) {
          const started = performance.now();
          audienceKey(text);
          best = Math.min(best, performance.now() - started);
        }
        return best;
      };
      time(4000);
      // Sixteen times the text: 16 when linear, 256 when quadratic, which no round makes less.
      let least = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 5 && least >= 90; round++)
        least = Math.min(least, time(640_000) / Math.max(time(40_000), 0.01));
      expect(least, bomb).to.be.lessThan(90);
    }
  });
});

describe('who has an audience', () => {
  const [plain, slash] = ['https://x.example', 'https://x.example/'];
  const one = { now: [{ id: 'a', uri: plain }] };
  const two = { now: [...one.now, { id: 'b', uri: slash }] };

  it('the only holder by any equal spelling, one of two by equal bytes', () => {
    expect(holderOfAudience(one, slash)?.id).to.equal('a');
    expect(holderOfAudience(two, plain)?.id).to.equal('a');
    expect(holderOfAudience(two, slash)?.id).to.equal('b');
    expect(holderOfAudience(two, 'https://X.example')).to.equal(undefined);
    expect(holderOfAudience({}, plain)).to.equal(undefined);
  });

  it('who had it, the last one first, each once, and not who has it', () => {
    const past = [
      { id: 'c', uri: plain, until_ms: 1 },
      { id: 'd', uri: slash, until_ms: 3 },
      { id: 'c', uri: slash, until_ms: 2 },
      { id: 'e', uri: slash, until_ms: 4, exact: true as const },
    ];
    expect(formerHoldersOfAudience({ past }, plain)).to.deep.equal(['d', 'c']);
    expect(formerHoldersOfAudience({ past }, slash, 'd')).to.deep.equal(['e', 'c']);
    expect(formerHoldersOfAudience({ ...two, past }, plain)).to.deep.equal(['c']);
    expect(formerHoldersOfAudience({}, plain)).to.deep.equal([]);
  });

  it('finds the first of two equal ones', () => {
    expect(firstEqualAudiences([plain, 'urn:a', slash])).to.deep.equal({
      uri: slash,
      index: 2,
      before: plain,
    });
    expect(firstEqualAudiences([plain, `${slash}v1`])).to.equal(undefined);
  });

  it('has a floor by any spelling and one by the bytes', () => {
    expect(audienceFloorFields('https://X.example')).to.deep.equal([
      'audience:https://x.example/',
      'audience_spelling:https://X.example',
    ]);
  });
});
