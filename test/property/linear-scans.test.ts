import { expect } from 'chai';
import { maskJson } from '../../src/domain/secrets/mask-json.js';
import { holdsCredential, maskLogText, maskText } from '../../src/domain/secrets/mask.js';
import { parseEvaluations } from '../../src/request/access-evaluation.js';
import { parseFormRequest, parseTokenForm } from '../../src/request/form.js';
import { parseJsonRequest } from '../../src/request/json.js';
import { fastest } from '../support/growth.js';
import { PREFIXES, SEPARATORS } from '../support/secret-grammar.js';

/** Characters of a text inside a body of 65,536 bytes. */
const BODY_CHARS = 65_000;
/** Tries of each look; one more look, with more tries, before a pause of the machine is taken for a slow pattern. */
const LOOKS = [1, 5, 25, 60];
const MOST_TIMES = 5;

/** Every beginning of a secret with every character that may follow it, once and repeated. */
const UNITS = PREFIXES.flatMap((prefix) =>
  SEPARATORS.map((separator) => `${prefix}${separator}`),
).concat(PREFIXES.map((prefix) => `${prefix}aaaaaaaaaaaaaaaa.aa.`));

function filled(unit: string, chars: number): string {
  return unit.repeat(Math.ceil(chars / unit.length)).slice(0, chars);
}

/** As many bytes, as wide characters and equal punctuation, without a word that a scanner looks for. */
function harmless(unit: string): string {
  return unit.replace(/[A-Za-z0-9]/g, 'q').replace(/[\u0080-\u07ff]/g, '\u0101');
}

/** The units with a text that takes more than `MOST_TIMES` the time of a harmless text. */
function slowUnits(run: (text: string) => unknown, chars = BODY_CHARS): string[] {
  const mostMs = MOST_TIMES * leastMs(run, chars);
  return UNITS.filter((unit) => {
    const [quick = 0] = fastest(1, () => {
      attempt(run, filled(unit, chars));
    });
    // Stricter than a control of the unit's own, which punctuation makes slower, and half the time of the test.
    if (quick <= mostMs) return false;
    const [text, control] = [filled(unit, chars), filled(harmless(unit), chars)];
    const within = ([own = 0, other = 0]: number[]): boolean => own <= MOST_TIMES * other;
    const once = (tries: number): boolean =>
      within(
        fastest(
          tries,
          () => {
            attempt(run, text);
          },
          () => {
            attempt(run, control);
          },
        ),
      );
    return !LOOKS.some(once);
  });
}

/** The time of the plainest text, without a pause of the machine. */
function leastMs(run: (text: string) => unknown, chars: number): number {
  const [least = 0] = fastest(20, () => {
    attempt(run, filled('q', chars));
  });
  return least;
}

/** Refusals are outcomes too. */
function attempt(run: (text: string) => unknown, text: string): void {
  try {
    run(text);
  } catch {
    // Refused.
  }
}

const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const BODY = { resource: 'stripe', scope: 'read', ttl: 60 };

/** Bodies with the text in each member that a stranger chooses. */
const BODIES: Readonly<Record<string, (text: string) => unknown>> = {
  ...Object.fromEntries(
    ['scope', 'resource', 'session_id', 'task_id', 'user_id', 'reason', 'client_id'].map((name) => [
      `JSON ${name}`,
      (text: string) => parseJsonRequest(bytes({ ...BODY, [name]: text })),
    ]),
  ),
  'JSON scope array': (text) => parseJsonRequest(bytes({ ...BODY, scope: [text] })),
  'JSON member name': (text) => parseJsonRequest(bytes({ ...BODY, [text]: 1 })),
  ...Object.fromEntries(
    ['scope', 'reason', 'client_assertion'].map((name) => [
      `form ${name}`,
      (text: string) =>
        parseFormRequest(Buffer.from(`grant_type=client_credentials&resource=a&${name}=${text}`)),
    ]),
  ),
  'form token': (text) => parseTokenForm(Buffer.from(`token=${text}`)),
  'evaluation subject.id': (text) =>
    parseEvaluations(
      bytes({ subject: { type: 'agent', id: text }, action: { name: 'a' }, resource: BODY }),
      'one',
    ),
  'evaluation action.name': (text) => parseEvaluations(bytes({ action: { name: text } }), 'one'),
};

describe('a body of secrets cut short takes no more than five times a harmless one', function () {
  this.timeout(600_000);
  for (const [name, run] of Object.entries(BODIES)) {
    it(name, () => {
      expect(slowUnits(run)).to.deep.equal([]);
    });
  }
});

describe('the time of a scanner grows with the text', function () {
  this.timeout(600_000);
  const SCANNERS = { holdsCredential, maskJson, maskLogText, maskText };
  /** Four times the text: linear is 4, quadratic is 16. */
  const MOST_GROWTH = 8;
  const SMALL = BODY_CHARS / 4;

  for (const [name, scan] of Object.entries(SCANNERS)) {
    it(name, () => {
      const isLinear = (unit: string, tries: number): boolean => {
        const [small, large] = [filled(unit, SMALL), filled(unit, BODY_CHARS)];
        const [fast = 0, slow = 0] = fastest(
          tries,
          () => scan(small),
          () => scan(large),
        );
        return slow <= MOST_GROWTH * fast;
      };
      const slow = UNITS.filter((unit) => !LOOKS.some((tries) => isLinear(unit, tries)));
      expect(slow).to.deep.equal([]);
    });
  }
});
