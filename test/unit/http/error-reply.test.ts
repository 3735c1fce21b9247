import { expect } from 'chai';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import type { RateState } from '../../../src/domain/budget.js';
import { CountersignError, ERROR_KINDS, type ErrorCode } from '../../../src/domain/errors.js';
import {
  oauthAnswer,
  publicCode,
  replyError,
  toCountersignError,
} from '../../../src/http/error-reply.js';
import { loadErrorPages } from '../../../src/http/routes/error-page/route.js';

const CODES = Object.keys(ERROR_KINDS) as ErrorCode[];
const ISSUER = 'https://auth.example';
const RATE: RateState = {
  bucket: 'agent',
  limited: true,
  limit: 60,
  perMinute: 60,
  remaining: 0,
  retryAfterMs: 1000,
  resetMs: 0,
};
const anyCode = fc.constantFrom(...CODES);
const anyText = fc.string({ unit: 'binary', maxLength: 200 });

describe('error answers', () => {
  it('form: exactly three members, ASCII without quote and backslash, whatever the detail', () => {
    const pages = loadErrorPages();
    fc.assert(
      fc.property(anyCode, anyText, (code, detail) => {
        const reply = replyError(new CountersignError(code, detail), 'oauth', ISSUER, 'req_1');
        const body = JSON.parse(reply.body) as Record<string, string>;
        expect(body).to.have.all.keys('error', 'error_description', 'error_uri');
        expect(body['error_description']).to.match(/^[ !#-[\]-~]*$/);
        const page = body['error_uri']?.slice(`${ISSUER}/errors/`.length) ?? '';
        expect(body['error_uri']).to.equal(`${ISSUER}/errors/${publicCode(code)}`);
        expect(pages.has(page)).to.equal(true);
        expect(reply.status).to.equal(oauthAnswer(code).status);
        expect(reply.headers).to.include('application/json');
      }),
    );
  });

  it('never shows what is internal, in either shape', () => {
    fc.assert(
      fc.property(anyCode, fc.constantFrom('problem', 'oauth'), (code, shape) => {
        const cause = new Error('CANARY-cause');
        const error = new CountersignError(code, 'Said.', {}, 'CANARY-internal', cause);
        const { headers, body } = replyError(error, shape, ISSUER, 'req_1');
        expect(`${headers.join()} ${body}`).not.to.include('CANARY');
      }),
    );
  });

  it('Retry-After and the reset of the budget are one moment in a refusal', () => {
    const wait = fc.double({ min: 0, max: 100_000, noNaN: true });
    fc.assert(
      fc.property(wait, fc.nat(10_000_000), fc.constantFrom('problem', 'oauth'), (...drawn) => {
        const [retryAfterSeconds, resetMs, shape] = drawn;
        const rate = { ...RATE, resetMs };
        const error = new CountersignError('slow_down', 'Said.', { retryAfterSeconds, rate });
        const { headers } = replyError(error, shape, ISSUER, 'req_1');
        const of = (name: string) => headers[headers.indexOf(name) + 1];
        expect(of('RateLimit-Reset')).to.equal(of('Retry-After'));
        expect(of('RateLimit')).to.equal(`"agent";r=0;t=${String(of('Retry-After'))}`);
      }),
    );
  });

  it('401 carries WWW-Authenticate, 429 and 503 Retry-After, others neither', () => {
    for (const code of CODES) {
      for (const shape of ['problem', 'oauth'] as const) {
        const error = new CountersignError(code, 'Said.');
        const { status, headers } = replyError(error, shape, ISSUER, 'req_1');
        expect(headers.includes('WWW-Authenticate'), code).to.equal(status === 401);
        expect(headers.includes('Retry-After'), code).to.equal(status === 429 || status === 503);
      }
    }
  });

  it('the type of a problem is an existing page, and quarantine is not revealed', () => {
    const pages = loadErrorPages();
    for (const code of CODES) {
      const error = new CountersignError(code, 'Said.');
      const body = JSON.parse(replyError(error, 'problem', ISSUER, 'req_1').body) as {
        type: string;
        error: ErrorCode;
      };
      expect(body.type).to.equal(`${ISSUER}/errors/${body.error}`);
      expect(pages.has(body.error)).to.equal(true);
      expect(body.error).not.to.equal('agent_quarantined');
    }
    expect(publicCode('agent_quarantined')).to.equal('access_denied');
  });

  it('whatever else was thrown is a 503 that says nothing', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        const error = toCountersignError(thrown);
        expect([error.code, error.detail]).to.deep.equal([
          'temporarily_unavailable',
          'Nothing was granted.',
        ]);
      }),
    );
  });
});

describe('error pages', () => {
  const folder = 'docs/errors';

  it('there is one for each code, and no other', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.md'));
    expect(files).to.have.members(CODES.map((code) => `${code}.md`));
  });

  for (const code of CODES) {
    it(`${code}: title, statuses, cause, what to check, example`, () => {
      const page = readFileSync(`${folder}/${code}.md`, 'utf8');
      expect(page).to.match(new RegExp(`^# ${code}\n`));
      for (const heading of ['## Cause', '## What to check', '## Example']) {
        expect(page).to.include(`\n${heading}\n`);
      }
      expect(page).to.match(new RegExp(`\\|\\s*${String(ERROR_KINDS[code].status)}\\b`));
      const { status, error } = oauthAnswer(code);
      const form = `${String(status)} \`${error}\``;
      expect(page).to.satisfy((text: string) => text.includes(form) || /\| never +\|/.test(text));
    });
  }

  it('loading fails when one is missing', () => {
    expect(() => loadErrorPages('docs')).to.throw(/ENOENT/);
  });
});
