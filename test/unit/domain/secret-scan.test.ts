import { expect } from 'chai';
import fc from 'fast-check';
import { maskJson } from '../../../src/domain/secrets/mask-json.js';
import { holdsCredential, maskLogText, maskText } from '../../../src/domain/secrets/mask.js';
import { fastest } from '../../support/growth.js';
import { secretTexts } from '../../support/secret-grammar.js';

const RUNS = { numRuns: 3000 };
const MASK = '[redacted]';

/** What refuses a request, as patterns: right for every text, and too slow for some. */
const REFUSED =
  /cs[kra]_[0-9A-Za-z]{16,}|whsec_[0-9A-Za-z+/=]{16,}|eyJ[\w-]{6,}\.[\w-]{2,}\.[\w-]*/g;
const NAMES =
  '(?:client[_-]?secret|client[_-]?assertion|assertion|secret|(?:sentinel[_-]?)?password|passphrase|(?:access|admin|bearer|id|refresh|subject)?[_-]?token|(?:proxy[_-]?)?authorization|(?:set[_-]?)?cookie|(?:sealed[_-]?)?private[_-]?key|(?:previous[_-]?)?key[_-]?encryption[_-]?key)';
/** Another name with its sign is no value: its own value comes after it. */
const SIGNED = `(?:\\b|\\\\[bfnrt]|\\\\u[0-9a-f]{4})${NAMES}\\\\*["']?\\s*[=:]\\s*\\\\*["']?(?=[\\s"'&,;}{\\[\\]\\\\]|$)`;
/** What each exit masked when each had its own list. Their union may not mask less, but for names in place of values. */
const AUDITED =
  /cs[kra]_[0-9A-Za-z]{16,}|eyJ[\w-]{6,8192}\.[\w-]{2,8192}\.[\w-]{0,8192}|whsec_[0-9A-Za-z+/=]{8,}|-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*|(?:Basic|Bearer)\s+[\w.~+/=-]{16,}/giu;
const LOGGED: readonly RegExp[] = [
  /\b(?:Bearer|Basic|DPoP) +[A-Za-z0-9._~+/-]{12,}=*/gi,
  /\bcs[kra]_[0-9A-Za-z]{8,}/g,
  /\bwhsec_[A-Za-z0-9+/_-]{8,}=*/g,
  /\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,4}/g,
  /\bdev:[A-Za-z0-9+/]{43}=/g,
  /(?:rediss?|https?)(?:\+[a-z]+)?:\/\/[^:@\s/"]*:(?!\[redacted)[^@\s/"]+@/g,
  new RegExp(
    String.raw`\b(?:client[_-]?secret|client[_-]?assertion|assertion|secret|(?:sentinel[_-]?)?password|(?:admin|access|refresh|subject)?[_-]?token|authorization)\\*["']?\s*[=:]\s*\\*["']?(?!\[redacted)(?!(?:Bearer|Basic|DPoP) )(?!${SIGNED})[^\s"'&,;}{[\]\\]+`,
    'gi',
  ),
];

/** The shapes of the list as patterns; the group before the secret stays. */
const SHAPES: readonly RegExp[] = [
  /()cs[kra]_\w{8,}/giu,
  /()whsec_[\w+/=-]{8,}/giu,
  /()eyJ[\w-]{6,}(?:\.[\w-]*){1,4}/giu,
  /((?:Basic|Bearer|DPoP)\s+)[\w.~+/=-]{12,}/giu,
  /()dev:[A-Za-z0-9+/]{43}=/g,
  /((?:rediss?|https?)(?:\+[a-z]+)?:\/\/[^:@\s/"]*:)[^@\s/"]+(?=@)/g,
];
const PEM_IN_TEXT =
  /()-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/giu;
const VALUE = `(?!(?:Bearer|Basic|DPoP) )(?!${SIGNED})[^\\s"'&,;}{\\[\\]\\\\]+`;
const NAMED = new RegExp(
  `((?:\\b|\\\\[bfnrt]|\\\\u[0-9a-f]{4})${NAMES}\\\\*["']?\\s*[=:]\\s*\\\\*["']?)${VALUE}`,
  'gi',
);

/** The text with what the patterns match masked; matches that overlap are masked as one. */
function masked(text: string, patterns: readonly RegExp[]): string {
  const spans = patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((found) => ({
      start: found.index + (found[1] ?? '').length,
      end: found.index + found[0].length,
    })),
  );
  spans.sort((a, b) => a.start - b.start);
  let [out, at] = ['', 0];
  for (const { start, end } of spans) {
    if (start >= at) out += text.slice(at, start) + MASK;
    at = Math.max(at, end);
  }
  return out + text.slice(at);
}

describe('the linear scanners of secrets', function () {
  this.timeout(120_000);

  it('refuse what the patterns before them refused', () => {
    fc.assert(
      fc.property(secretTexts, (text) => {
        expect(holdsCredential(text)).to.equal(text.search(REFUSED) !== -1);
      }),
      RUNS,
    );
  });

  it('mask in a log exactly what the patterns of the list match', () => {
    fc.assert(
      fc.property(secretTexts, (text) => {
        expect(maskLogText(text)).to.equal(masked(text, [...SHAPES, PEM_IN_TEXT, NAMED]));
      }),
      RUNS,
    );
  });

  it('mask in the record at least the shapes, and nothing that a log keeps', () => {
    fc.assert(
      fc.property(secretTexts, (text) => {
        const inLog = maskLogText(text);
        const clean = maskText(text);
        const patterns = [...SHAPES, PEM_IN_TEXT];
        expect(masked(clean, patterns)).to.equal(clean);
        if (inLog === text) expect(clean).to.equal(text);
        if (text.search(NAMED) === -1) expect(clean).to.equal(masked(text, patterns));
      }),
      RUNS,
    );
  });

  it('mask in JSON what they mask in each of its strings, and leave the rest as it is', () => {
    const names = fc.constantFrom('a', 'token', 'client_secret', 'Set-Cookie', 'read:secret', 'd');
    const strings = fc.oneof(secretTexts, fc.string({ unit: 'grapheme' }), fc.constant('plain'));
    const values = fc.oneof(strings, fc.integer(), fc.boolean(), fc.constant(null));
    const documents = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        values,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.oneof(names, strings), tie('value'), {
          maxKeys: 4,
          noNullPrototype: true,
        }),
      ),
    })).value;
    const secretName = new RegExp(`^${NAMES}$`, 'i');
    const reference = (value: unknown): unknown => {
      if (typeof value === 'string') return maskText(value);
      if (Array.isArray(value)) return value.map(reference);
      if (typeof value !== 'object' || value === null) return value;
      const members = Object.entries(value).map(([name, member]: [string, unknown]) => {
        const hidden = secretName.test(name) && typeof member === 'string';
        return `${JSON.stringify(maskText(name))}:${hidden ? JSON.stringify(MASK) : JSON.stringify(reference(member))}`;
      });
      return JSON.parse(`{${members.join(',')}}`) as unknown;
    };
    fc.assert(
      fc.property(documents, (document) => {
        expect(JSON.parse(maskJson(JSON.stringify(document)))).to.deep.equal(reference(document));
      }),
      RUNS,
    );
  });

  it('mask no less than each exit did when it had its own list', () => {
    fc.assert(
      fc.property(secretTexts, (text) => {
        for (const clean of [maskText(text), maskLogText(text)]) {
          expect(clean.search(REFUSED)).to.equal(-1);
          expect(clean.search(AUDITED)).to.equal(-1);
        }
        for (const pattern of LOGGED) expect(maskLogText(text).search(pattern)).to.equal(-1);
        expect(JSON.parse(maskJson(JSON.stringify(text)))).to.equal(maskText(text));
      }),
      RUNS,
    );
  });

  it('do not search a failed token again: four times the text takes four times as long', () => {
    const [small, large] = ['eyJ'.repeat(1500), 'eyJ'.repeat(6000)];
    // Linear is 4, quadratic is 16. More tries, before a pause of the machine is taken for a slow scan.
    const isLinear = [3, 15].some((tries) => {
      const [fast = 0, slow = 0] = fastest(
        tries,
        () => holdsCredential(small),
        () => holdsCredential(large),
      );
      return slow <= 8 * fast;
    });
    expect(isLinear).to.equal(true);
  });
});
