import { expect } from 'chai';
import fc from 'fast-check';
import { CountersignError } from '../../src/domain/errors.js';
import { parseForm, parseFormRequest, parseTokenForm } from '../../src/request/form.js';
import { parseJsonRequest } from '../../src/request/json.js';
import type { ParsedTokenRequest } from '../../src/request/token-request.js';

interface Wanted {
  readonly grantType: string | undefined;
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  readonly resources: readonly string[];
  readonly scopes: readonly string[];
  readonly ttl: number | undefined;
  readonly declared: Readonly<Record<string, string | undefined>>;
}

// Mostly good values, some that must be refused: both codecs have to agree on which.
const segment = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', '_'),
  minLength: 1,
  maxLength: 12,
});
const goodScope = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(':'));
const badScope = fc.constantFrom('a:*:b', 'a b', 'é', 'a,b', 'x'.repeat(257), ':');
const often = <T>(good: fc.Arbitrary<T>, bad: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 19, arbitrary: good }, { weight: 1, arbitrary: bad });
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });
const anyText = fc.string({ unit: 'binary', maxLength: 40 });
const printable = fc.string({ unit: 'grapheme', maxLength: 20 });
const declaredText = maybe(often(printable, fc.oneof(anyText, fc.constant('x'.repeat(2000)))));
const resource = often(
  fc.constantFrom('stripe', 'customers-db', 'https://api.example/v1?a=b&c=%20+d', 'urn:x:y'),
  fc.oneof(anyText, fc.constant('')),
);

const wanted: fc.Arbitrary<Wanted> = fc.record({
  grantType: often<string | undefined>(
    fc.constant('client_credentials'),
    fc.constantFrom('password', 'CLIENT_CREDENTIALS'),
  ),
  clientId: maybe(printable),
  clientSecret: maybe(printable),
  resources: often(
    resource.map((one) => [one]),
    fc.array(resource, { maxLength: 3 }),
  ),
  scopes: often(
    fc.array(often(goodScope, badScope), { minLength: 1, maxLength: 8 }),
    fc.array(goodScope, { maxLength: 70 }),
  ),
  ttl: maybe(often(fc.integer({ min: 1, max: 2 ** 53 - 1 }), fc.constantFrom(0, -1, 1.5, -0))),
  declared: fc.record({
    session_id: declaredText,
    task_id: declaredText,
    user_id: declaredText,
    reason: declaredText,
  }),
});

function encodeJson(request: Wanted, scopesAs: 'string' | 'array'): Uint8Array {
  const document = {
    grant_type: request.grantType,
    client_id: request.clientId,
    client_secret: request.clientSecret,
    resource: request.resources.length === 1 ? request.resources[0] : request.resources,
    scope: scopesAs === 'string' ? request.scopes.join(' ') : request.scopes,
    ttl: request.ttl,
    ...request.declared,
  };
  return new TextEncoder().encode(JSON.stringify(document));
}

function encodeForm(request: Wanted): Uint8Array {
  const pairs: [string, string | undefined][] = [
    ['grant_type', request.grantType],
    ['client_id', request.clientId],
    ['client_secret', request.clientSecret],
    ...request.resources.map((one): [string, string] => ['resource', one]),
    ['scope', request.scopes.join(' ')],
    ['countersign_ttl', request.ttl === undefined ? undefined : String(request.ttl)],
    ...Object.entries(request.declared),
  ];
  const text = pairs
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encode(value)}`]))
    .join('&');
  return new TextEncoder().encode(text);
}

function encode(value: string): string {
  return encodeURIComponent(value).replaceAll('%20', '+');
}

/** What a codec made of a body, without the one member that says which codec it was. */
function outcome(parse: () => ParsedTokenRequest): unknown {
  try {
    const { request, bodyCredential } = parse();
    return { request: { ...request, codec: undefined }, bodyCredential };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return error.code;
  }
}

describe('the codecs', () => {
  it('make equal requests of every body, good or bad', () => {
    let granted = 0;
    fc.assert(
      fc.property(wanted, (request) => {
        const form = outcome(() => parseFormRequest(encodeForm(request)));
        const json = outcome(() => parseJsonRequest(encodeJson(request, 'string')));
        expect(json).to.deep.equal(form);
        if (typeof form !== 'string') granted++;
      }),
      { numRuns: 1000 },
    );
    // Otherwise the generator only ever made bad requests, and nothing was compared.
    expect(granted).to.be.greaterThan(250);
  });

  it('make equal requests of a scope string and a scope array', () => {
    const scopes = fc.array(often(goodScope, fc.constantFrom('a:*:b', 'é', ':')), { minLength: 1 });
    fc.assert(
      fc.property(wanted, scopes, (request, asked) => {
        const body = { ...request, scopes: asked };
        const array = outcome(() => parseJsonRequest(encodeJson(body, 'array')));
        expect(array).to.deep.equal(outcome(() => parseJsonRequest(encodeJson(body, 'string'))));
      }),
    );
  });

  it('return what AccessRequest promises, whatever the bytes', () => {
    fc.assert(
      fc.property(wanted, (request) => {
        const made = outcome(() => parseFormRequest(encodeForm(request)));
        if (typeof made === 'string') return;
        const parsed = made as ParsedTokenRequest;
        const { scopes, ttlSeconds = 1 } = parsed.request;
        expect(scopes.length).to.be.within(1, 64);
        expect(new Set(scopes).size).to.equal(scopes.length);
        expect(Number.isInteger(ttlSeconds) && ttlSeconds > 0).to.equal(true);
      }),
    );
  });

  describe('only ever throw CountersignError', () => {
    const parsers: [string, (body: Uint8Array) => unknown][] = [
      ['parseJsonRequest', parseJsonRequest],
      ['parseFormRequest', parseFormRequest],
      ['parseTokenForm', parseTokenForm],
      ['parseForm', parseForm],
    ];
    // Bytes, JSON of every shape, JSON and forms that were cut, spliced or had a byte changed.
    const valid = fc
      .tuple(wanted, fc.boolean())
      .map(([request, json]) => (json ? encodeJson(request, 'array') : encodeForm(request)));
    const mutated = fc
      .tuple(valid, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat({ max: 3 }))
      .map(([body, position, byte, length]) => {
        const at = position % (body.length + 1);
        return Uint8Array.from([...body.subarray(0, at), byte, ...body.subarray(at + length)]);
      });
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json({ maxDepth: 5 }).map((text) => new TextEncoder().encode(text)),
      fc
        .array(
          fc.constantFrom(
            '{',
            '}',
            '[',
            ']',
            '"',
            ':',
            ',',
            '\\',
            '\\u',
            '0',
            'a',
            '%',
            '=',
            '&',
            '+',
          ),
          { maxLength: 80 },
        )
        .map((parts) => new TextEncoder().encode(parts.join(''))),
      mutated,
    );
    for (const [name, parse] of parsers) {
      it(name, () => {
        fc.assert(
          fc.property(hostile, (body) => {
            try {
              parse(body);
            } catch (error) {
              expect(error).to.be.instanceOf(CountersignError);
            }
          }),
          { numRuns: 1000 },
        );
      });
    }
  });
});
