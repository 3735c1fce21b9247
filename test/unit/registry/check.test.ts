import { expect } from 'chai';
import { generateKeyPairSync } from 'node:crypto';
import {
  checkAgentSpec,
  checkRegistry,
  checkResourceServerSpec,
  checkResourceSpec,
} from '../../../src/registry/check.js';

function pointers(
  checked:
    | ReturnType<typeof checkAgentSpec>
    | ReturnType<typeof checkResourceSpec>
    | ReturnType<typeof checkResourceServerSpec>,
): string[] {
  return checked.ok ? [] : [...new Set(checked.problems.map(({ pointer }) => pointer))];
}

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const k256 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
const ed = generateKeyPairSync('ed25519');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
const cubic = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });

const jwk = (pair: { publicKey: typeof ec.publicKey }): Record<string, unknown> => ({
  ...pair.publicKey.export({ format: 'jwk' }),
});
const secretJwk = (pair: { privateKey: typeof ec.privateKey }): Record<string, unknown> => ({
  ...pair.privateKey.export({ format: 'jwk' }),
});
const agentWith = (key: Record<string, unknown>): unknown => ({ id: 'a', jwks: { keys: [key] } });

describe('checkAgentSpec', () => {
  it('takes a full agent', () => {
    const spec = {
      id: 'a.b-c_1',
      description: 'x',
      owner: 'team@example.com',
      roles: ['reader'],
      grants: [
        { resource: 'stripe', scopes: ['read:*', 'write:invoices:1'], max_ttl_seconds: 60 },
        { resource: '*', scopes: ['*'] },
      ],
      rate: { per_minute: 1, burst: 1_000_000 },
      jwks: { keys: [{ ...jwk(ec), kid: 'k1', use: 'sig', alg: 'ES256', key_ops: ['verify'] }] },
      labels: { 'team/env': 'prod' },
    };
    expect(checkAgentSpec(spec)).to.deep.equal({ ok: true, value: spec });
  });

  for (const [what, key] of [
    ['P-256', jwk(ec)],
    ['P-384', jwk(p384)],
    ['Ed25519', jwk(ed)],
    ['RSA of 2048 bits', jwk(rsa)],
  ] as const) {
    it(`takes a public key: ${what}`, () => {
      expect(checkAgentSpec(agentWith(key)).ok).to.equal(true);
    });
  }

  const keys: [string, Record<string, unknown>][] = [
    ['a private EC key', secretJwk(ec)],
    ['a private RSA key', secretJwk(rsa)],
    ['a private Ed25519 key', secretJwk(ed)],
    ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0' }],
    ...['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'x5u', 'jku', 'x5c'].map(
      (name): [string, Record<string, unknown>] => [
        `member ${name}`,
        { ...jwk(rsa), [name]: 'AQAB' },
      ],
    ),
    ['secp256k1', jwk(k256)],
    ['RSA of 1024 bits', jwk(weak)],
    ['RSA with exponent 3', jwk(cubic)],
    [
      'a modulus of 2048 bits with leading zeros only',
      { kty: 'RSA', e: 'AQAB', n: `${'A'.repeat(341)}B` },
    ],
    ['a point that is not on its curve', { ...jwk(ec), x: 'A'.repeat(43) }],
    ['EC without y', { kty: 'EC', crv: 'P-256', x: jwk(ec)['x'] }],
    ['members of two key types', { ...jwk(ec), n: 'AQAB' }],
    ['an alg of another key type', { ...jwk(ec), alg: 'RS256' }],
    ['ES384 on P-256', { ...jwk(ec), alg: 'ES384' }],
    ['HS256', { ...jwk(rsa), alg: 'HS256' }],
    ['an encryption key', { ...jwk(rsa), use: 'enc' }],
    ['no kty', { crv: 'P-256' }],
  ];
  for (const [what, key] of keys) {
    it(`refuses ${what}`, () => {
      expect(pointers(checkAgentSpec(agentWith(key)))[0]).to.match(/^\/jwks\/keys\/0/);
    });
  }

  it('refuses a kid that is there twice', () => {
    const spec = {
      id: 'a',
      jwks: {
        keys: [
          { ...jwk(ec), kid: 'k' },
          { ...jwk(ed), kid: 'k' },
        ],
      },
    };
    expect(pointers(checkAgentSpec(spec))).to.deep.equal(['/jwks/keys/1/kid']);
  });

  const specs: [string, unknown, string][] = [
    ['no id', {}, ''],
    ['an unknown member', { id: 'a', admin: true }, ''],
    ['an id with a capital', { id: 'A' }, '/id'],
    ['an id over 64 characters', { id: 'a'.repeat(65) }, '/id'],
    ['an id with a colon', { id: 'a:b' }, '/id'],
    ['an id with a line feed at the end', { id: 'a\n' }, '/id'],
    [
      'a malformed scope',
      { id: 'a', grants: [{ resource: 'r', scopes: ['a*'] }] },
      '/grants/0/scopes/0',
    ],
    [
      'a grant without scopes',
      { id: 'a', grants: [{ resource: 'r', scopes: [] }] },
      '/grants/0/scopes',
    ],
    [
      'over 200 grants',
      { id: 'a', grants: Array(201).fill({ resource: 'r', scopes: ['s'] }) },
      '/grants',
    ],
    [
      'ttl 0',
      { id: 'a', grants: [{ resource: 'r', scopes: ['s'], max_ttl_seconds: 0 }] },
      '/grants/0/max_ttl_seconds',
    ],
    ['rate 0', { id: 'a', rate: { per_minute: 0 } }, '/rate/per_minute'],
    [
      'rate over a million',
      { id: 'a', rate: { resource_burst: 1_000_001 } },
      '/rate/resource_burst',
    ],
    ['a fractional rate', { id: 'a', rate: { burst: 1.5 } }, '/rate/burst'],
    ['a text for a number', { id: 'a', rate: { burst: '5' } }, '/rate/burst'],
    ['a label that is no text', { id: 'a', labels: { x: 1 } }, '/labels/x'],
    ['no object', [], ''],
  ];
  for (const [what, spec, pointer] of specs) {
    it(`refuses ${what} at '${pointer}'`, () => {
      expect(pointers(checkAgentSpec(spec))).to.deep.equal([pointer]);
    });
  }

  for (const name of ['__proto__', 'constructor', 'prototype']) {
    it(`refuses the label ${name}`, () => {
      const spec: unknown = JSON.parse(`{"id":"a","labels":{"${name}":"x"}}`);
      expect(checkAgentSpec(spec).ok).to.equal(false);
    });
  }
});

describe('checkResourceSpec', () => {
  const base = {
    id: 'stripe',
    audiences: ['https://api.stripe.com'],
    scopes: [{ name: 'read_invoices', risk: 'low', description: 'Read' }],
  };
  const hours = {
    timezone: 'Europe/Berlin',
    days: ['mon', 'friday'],
    start: '08:00',
    end: '24:00',
  };

  it('takes a full resource', () => {
    const spec = {
      ...base,
      description: 'x',
      audiences: ['https://api.stripe.com', 'urn:example:stripe'],
      scopes: [
        ...base.scopes,
        {
          name: 'read:*',
          risk: 'critical',
          description: '',
          honey: true,
          review: false,
          max_ttl_seconds: 5,
        },
      ],
      max_ttl_seconds: 300,
      requires: ['session', 'task'],
      working_hours: hours,
      labels: { a: 'b' },
    };
    expect(checkResourceSpec(spec)).to.deep.equal({ ok: true, value: spec });
  });

  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      name: `s${String(i)}`,
      risk: 'low',
      description: '',
    }));
  const specs: [string, unknown, string][] = [
    ['no audience', { ...base, audiences: [] }, '/audiences'],
    [
      'nine audiences',
      { ...base, audiences: Array.from({ length: 9 }, (_, i) => `https://x/${String(i)}`) },
      '/audiences',
    ],
    ['an audience twice', { ...base, audiences: ['https://x', 'https://x'] }, '/audiences/1'],
    ['a relative audience', { ...base, audiences: ['/api'] }, '/audiences/0'],
    ['an audience with a fragment', { ...base, audiences: ['https://x#y'] }, '/audiences/0'],
    ['an audience with a space', { ...base, audiences: ['https://x y'] }, '/audiences/0'],
    ['no scopes', { ...base, scopes: [] }, '/scopes'],
    ['501 scopes', { ...base, scopes: many(501) }, '/scopes'],
    ['a scope twice', { ...base, scopes: [...base.scopes, ...base.scopes] }, '/scopes/1/name'],
    [
      'an unknown risk',
      { ...base, scopes: [{ name: 'x', risk: 'none', description: '' }] },
      '/scopes/0/risk',
    ],
    [
      'an unknown member of a scope',
      { ...base, scopes: [{ ...base.scopes[0], allow: true }] },
      '/scopes/0',
    ],
    ['an unknown requirement', { ...base, requires: ['mfa'] }, '/requires/0'],
    [
      'a time zone nobody knows',
      { ...base, working_hours: { ...hours, timezone: 'Mars/Olympus' } },
      '/working_hours/timezone',
    ],
    [
      'an offset for a time zone',
      { ...base, working_hours: { ...hours, timezone: '+01:00' } },
      '/working_hours/timezone',
    ],
    [
      'an hour that is not',
      { ...base, working_hours: { ...hours, start: '25:00' } },
      '/working_hours/start',
    ],
    [
      'hours that never are',
      { ...base, working_hours: { ...hours, start: '09:00', end: '09:00' } },
      '/working_hours/end',
    ],
    [
      'a day that is not',
      { ...base, working_hours: { ...hours, days: ['someday'] } },
      '/working_hours/days/0',
    ],
  ];
  for (const [what, spec, pointer] of specs) {
    it(`refuses ${what} at ${pointer}`, () => {
      expect(pointers(checkResourceSpec(spec))).to.deep.equal([pointer]);
    });
  }

  it('takes 500 scopes and 8 audiences', () => {
    const audiences = Array.from({ length: 8 }, (_, i) => `https://x/${String(i)}`);
    expect(checkResourceSpec({ ...base, audiences, scopes: many(500) }).ok).to.equal(true);
  });
});

describe('checkResourceServerSpec', () => {
  it('takes ids of resources and nothing else', () => {
    expect(checkResourceServerSpec({ id: 'api', resources: ['stripe'] }).ok).to.equal(true);
    expect(
      pointers(checkResourceServerSpec({ id: 'api', resources: ['https://x'] })),
    ).to.deep.equal(['/resources/0']);
    expect(pointers(checkResourceServerSpec({ id: 'api', resources: [] }))).to.deep.equal([
      '/resources',
    ]);
    expect(pointers(checkResourceServerSpec({ id: 'api' }))).to.deep.equal(['']);
  });
});

describe('checkRegistry', () => {
  const resource = (id: string, uri: string): Record<string, unknown> => ({
    id,
    audiences: [uri],
    scopes: [{ name: 'x', risk: 'low', description: '' }],
  });

  it('takes a document whose parts are right, with absent lists as empty ones', () => {
    expect(checkRegistry({ revision: 3, agents: [{ id: 'a' }] })).to.deep.equal({
      ok: true,
      registry: { revision: 3, agents: [{ id: 'a' }], resources: [], resource_servers: [] },
    });
  });

  it('lists every problem of every entry, and what two entries share', () => {
    const checked = checkRegistry({
      revision: 1,
      agents: [{ id: 'a' }, { id: 'B' }, { id: 'a' }],
      resources: [
        resource('r', 'https://x'),
        resource('r', 'https://y'),
        resource('s', 'https://x'),
      ],
      resource_servers: [
        { id: 'api' },
        { id: 'api', resources: ['r'] },
        { id: 'api', resources: ['r'] },
      ],
    });
    expect(checked.ok ? [] : checked.problems.map(({ pointer }) => pointer)).to.deep.equal([
      '/agents/1/id',
      '/resource_servers/0',
      '/agents/2/id',
      '/resources/1/id',
      '/resource_servers/2/id',
      '/resources/2/audiences/0',
    ]);
  });
});
