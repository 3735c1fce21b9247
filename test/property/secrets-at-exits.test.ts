import { expect } from 'chai';
import fc from 'fast-check';
import { hideSecrets } from '../../src/audit/decision-log/secrets.js';
import { redactEvent } from '../../src/audit/redaction.js';
import type { AuditEvent } from '../../src/domain/audit.js';
import type { DecisionEvent } from '../../src/domain/decision-log.js';
import { CountersignError } from '../../src/domain/errors.js';
import { cutRefusal } from '../../src/domain/refusal.js';
import { SECRET_NAMES } from '../../src/domain/secrets/list.js';
import { replyError } from '../../src/http/error-reply.js';
import { eventText } from '../../src/redis/context.js';
import { createLogger } from '../../src/telemetry/log.js';

/** Enough: all exits mask with one function, so each shape is tried at fourteen exits, 1,400 times. */
const RUNS = { numRuns: 100 };

function event(members: Partial<AuditEvent>): AuditEvent {
  return { type: 'access.granted', principal: { kind: 'agent', id: 'crawler' }, ...members };
}

function logged(fields: object, message = 'said'): string {
  const lines: string[] = [];
  createLogger({ level: 'debug', write: (line) => void lines.push(line) }).info(fields, message);
  return lines.join('');
}

function answered(text: string, shape: 'problem' | 'oauth' | 'opa'): string {
  const problems = [{ pointer: '/a', message: text }];
  const error = new CountersignError('invalid_request', text, { problems });
  return replyError(error, shape, 'https://cs.example', 'req_1').body;
}

const decision = (input: unknown): string =>
  JSON.stringify(hideSecrets({ input } as unknown as DecisionEvent));

/** Where a text leaves the process or is kept, as JSON. */
const TEXT_EXITS: Readonly<Record<string, (text: string) => string>> = {
  'field of a log line': (text) => logged({ deep: [{ text }] }),
  'name of a field in a log line': (text) => logged({ [text]: 1 }),
  'message of a log line': (text) => logged({}, text),
  'error in a log line': (text) => logged(new Error(text, { cause: new Error(text) })),
  'audit event': (text) => JSON.stringify(redactEvent(event({ declared_reason: text })).event),
  'name in an audit event': (text) =>
    JSON.stringify(redactEvent(event({ detail: { [text]: 1 } })).event),
  'stored event': (text) => eventText(event({ declared_reason: text })),
  'stored policy input': (text) => eventText(event({}), JSON.stringify({ reason: text })),
  'counted refusal': (text) => JSON.stringify(cutRefusal(event({ declared_reason: text }))),
  'decision log': (text) => decision({ reason: text }),
  'name in the decision log': (text) => decision({ [text]: 1 }),
  'problem details': (text) => answered(text, 'problem'),
  'OAuth error': (text) => answered(text, 'oauth'),
  'OPA error': (text) => answered(text, 'opa'),
};

/** Where values are kept under their names. */
const VALUE_EXITS: Readonly<Record<string, (value: Readonly<Record<string, unknown>>) => string>> =
  {
    'log line': logged,
    'audit event': (detail) => JSON.stringify(redactEvent(event({ detail })).event),
    'decision log': decision,
  };

/** Letters of no word that a log line or a stack trace has. */
const letters = 'j,q,x,z,J,Q,X,Z,2,3,4,5,7,8,9';
const run = (minLength: number, maxLength = minLength + 30): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...letters.split(',')), minLength, maxLength });
const NAMES = [...SECRET_NAMES].filter((name) => name !== 'd');
const name = fc.constantFrom(...NAMES, 'client_secret', 'id-token', 'Set-Cookie', 'Private_Key');

interface Secret {
  readonly text: string;
  /** The part that must not get out. */
  readonly never: string;
}

function shape(
  minChars: number,
  text: (secret: string) => string,
  most?: number,
): fc.Arbitrary<Secret> {
  return run(minChars, most).map((never) => ({ text: text(never), never }));
}

/** Each shape from its lowest length on. */
const SHAPES: Readonly<Record<string, fc.Arbitrary<Secret>>> = {
  'agent secret': shape(8, (one) => `csk_${one}`),
  'resource server secret': shape(8, (one) => `csr_${one}`),
  'admin token': shape(8, (one) => `csa_${one}`),
  'webhook key': shape(8, (one) => `whsec_${one}`),
  'JWT, first part': shape(6, (one) => `eyJ${one}.`),
  'JWT, payload': shape(6, (one) => `eyJhbGciOi.${one}`),
  'JWT, signature': shape(6, (one) => `eyJhbGciOi.eyJzdWIi.${one}`),
  'JWE, last part': shape(6, (one) => `eyJhbGciOi..a.b.${one}`),
  'Basic credentials': shape(12, (one) => `Basic ${one}`),
  'Bearer token': shape(12, (one) => `bearer  ${one}`),
  'DPoP token': shape(12, (one) => `DPoP ${one}`),
  'private key': shape(8, (one) => `-----BEGIN EC PRIVATE KEY-----\n${one}\n`),
  'whole private key': shape(
    8,
    (one) => `-----BEGIN PRIVATE KEY-----\n${one}\n-----END PRIVATE KEY-----`,
  ),
  'development key': shape(43, (one) => `dev:${one}=`, 43),
  'password in a URL': shape(8, (one) => `rediss://user:${one}@redis.example:6379`),
  'value of a form': fc.tuple(name, run(8)).map(([key, never]) => ({
    text: `${key}=${never}`,
    never,
  })),
  'value of a JSON text': fc.tuple(name, run(8)).map(([key, never]) => ({
    text: JSON.stringify({ [key]: never }),
    never,
  })),
  'value of a header': fc.tuple(name, run(8)).map(([key, never]) => ({
    text: `${key}: ${never}`,
    never,
  })),
};

const around = fc.string({
  unit: fc.constantFrom(' ', '\n', '\t', '/', '(', 'é', '{', '"', '\\', '\u0007', '=', ':'),
  maxLength: 5,
});

describe('every exit masks every shape of secret', function () {
  this.timeout(120_000);
  for (const [kind, secrets] of Object.entries(SHAPES)) {
    for (const [exit, show] of Object.entries(TEXT_EXITS)) {
      it(`${kind} × ${exit}`, () => {
        fc.assert(
          fc.property(around, secrets, around, (before, { text, never }, after) => {
            const shown = show(`${before}${text}${after}`);
            expect(shown).not.to.contain(never);
            JSON.parse(shown);
          }),
          RUNS,
        );
      });
    }
  }
});

describe('every exit masks what a member named like a secret holds', () => {
  const jwk = fc.constantFrom('d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth');
  for (const [exit, show] of Object.entries(VALUE_EXITS)) {
    it(`${exit}: any value`, () => {
      fc.assert(
        fc.property(name, run(8), fc.nat(), (key, text, number) => {
          const never = `a ${text} b`;
          for (const value of [never, [never], { inner: never }]) {
            expect(show({ outer: { [key]: value } })).not.to.contain(text);
          }
          expect(show({ outer: { [key]: 1e9 + number } })).not.to.contain(String(1e9 + number));
        }),
        RUNS,
      );
    });

    it(`${exit}: a private member of a JWK, and no other member of that name`, () => {
      fc.assert(
        fc.property(jwk, run(8), (key, never) => {
          expect(show({ jwk: { kty: 'RSA', [key]: never } })).not.to.contain(never);
          if (key !== 'd') expect(show({ other: { [key]: never } })).to.contain(never);
        }),
        RUNS,
      );
    });

    it(`${exit}: not what is no secret`, () => {
      const fields = { d: 5, token: true, password: null, by: 'token', secret_id: 'sec_1' };
      expect(JSON.parse(show(fields))).to.satisfy((whole: unknown) =>
        JSON.stringify(whole).includes(JSON.stringify(fields).slice(1, -1)),
      );
    });
  }
});

describe('a log line masks what in the record may be a scope', () => {
  for (const [exit, show] of Object.entries(TEXT_EXITS).filter(([kind]) =>
    kind.includes('log line'),
  )) {
    it(exit, () => {
      fc.assert(
        fc.property(around, name, run(8), (before, key, never) => {
          expect(show(`${before}${key}:${never}`)).not.to.contain(never);
        }),
        RUNS,
      );
    });
  }
});

describe('the record keeps scopes', () => {
  const scopes = ['read:secret:vault', 'secret:read', 'token:issue:main', 'write:password'];
  for (const exit of ['audit event', 'stored event', 'counted refusal', 'decision log']) {
    it(exit, () => {
      for (const scope of scopes) expect(TEXT_EXITS[exit]?.(scope)).to.contain(scope);
    });
  }

  it('as names of members', () => {
    const input = { risk: { 'read:secret': 'high' }, token: 5, password: true };
    const kept = JSON.parse(eventText(event({}), JSON.stringify(input))) as Record<string, unknown>;
    expect(kept['policy_input']).to.deep.equal(input);
  });
});
