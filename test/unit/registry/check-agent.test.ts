import { expect } from 'chai';
import { generateKeyPairSync } from 'node:crypto';
import { checkAgentSpec } from '../../../src/registry/check.js';
import { pointers } from './pointers.js';

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
