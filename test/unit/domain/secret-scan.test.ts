import { expect } from 'chai';
import fc from 'fast-check';
import { withoutSecrets } from '../../../src/audit/redaction.js';
import { holdsCredential, withoutCredentials } from '../../../src/domain/credential-text.js';
import { redactText } from '../../../src/telemetry/redaction.js';
import { fastest } from '../../support/growth.js';
import { secretTexts } from '../../support/secret-grammar.js';

const RUNS = { numRuns: 3000 };
const MASK = '[redacted]';

/** What the scanners replaced: right for every text, and too slow for some. */
const REFUSED =
  /cs[kra]_[0-9A-Za-z]{16,}|whsec_[0-9A-Za-z+/=]{16,}|eyJ[\w-]{6,}\.[\w-]{2,}\.[\w-]*/g;
const AUDITED =
  /cs[kra]_[0-9A-Za-z]{16,}|eyJ[\w-]{6,8192}\.[\w-]{2,8192}\.[\w-]{0,8192}|whsec_[0-9A-Za-z+/=]{8,}|-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*|(?:Basic|Bearer)\s+[\w.~+/=-]{16,}/giu;
const NAMES =
  '(?:client[_-]?secret|client[_-]?assertion|assertion|secret|(?:sentinel[_-]?)?password|(?:admin|access|refresh|subject)?[_-]?token|authorization)';
const LOGGED: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]*?(?:-----END [A-Z ]*PRIVATE KEY-----|(?="|$))/g, MASK],
  [/\b(Bearer|Basic|DPoP) +[A-Za-z0-9._~+/-]{12,}=*/gi, `$1 ${MASK}`],
  [/\bcs[kra]_[0-9A-Za-z]{8,}/g, MASK],
  [/\bwhsec_[A-Za-z0-9+/_-]{8,}=*/g, MASK],
  [/\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,4}/g, MASK],
  [/\bdev:[A-Za-z0-9+/]{43}=/g, MASK],
  [/((?:rediss?|https?)(?:\+[a-z]+)?:\/\/[^:@\s/"]*:)[^@\s/"]+@/g, `$1${MASK}@`],
  [
    new RegExp(
      `(\\b${NAMES}\\\\*["']?\\s*[=:]\\s*\\\\*["']?)(?!\\[redacted)(?!(?:Bearer|Basic|DPoP) )[^\\s"'&,;}{\\[\\]\\\\]+`,
      'gi',
    ),
    `$1${MASK}`,
  ],
];

describe('the linear scanners of secrets', function () {
  this.timeout(120_000);

  it('refuse what the patterns before them refused', () => {
    fc.assert(
      fc.property(secretTexts, (text) => {
        const [clean, found] = [withoutCredentials(text), text.search(REFUSED) !== -1];
        expect(holdsCredential(text)).to.equal(found);
        // Two that overlap are masked whole; the pattern left the rest of the second.
        expect(clean.search(REFUSED)).to.equal(-1);
        if (!found) expect(clean).to.equal(text);
      }),
      RUNS,
    );
  });

  it('keep out of the record whatever the patterns before them kept out', () => {
    fc.assert(
      fc.property(secretTexts, (text) => {
        const clean = withoutSecrets(text);
        expect(clean.search(AUDITED)).to.equal(-1);
        if (text.search(AUDITED) === -1) expect(clean).to.equal(text);
      }),
      RUNS,
    );
  });

  it('mask in the log what the patterns before them masked', () => {
    fc.assert(
      fc.property(secretTexts, (text) => {
        const before = LOGGED.reduce((out, [pattern, mask]) => out.replace(pattern, mask), text);
        expect(redactText(text)).to.equal(before);
      }),
      RUNS,
    );
  });

  it('do not search a failed token again: four times the text takes four times as long', () => {
    const [small, large] = ['eyJ'.repeat(1500), 'eyJ'.repeat(6000)];
    // Linear is 4, quadratic is 16. More tries, before a pause of the machine is taken for a slow scan.
    const isLinear = [3, 10, 40].some((tries) => {
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
