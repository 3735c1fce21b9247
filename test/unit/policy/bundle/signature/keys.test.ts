import { expect } from 'chai';
import { generateKeyPairSync } from 'node:crypto';
import type { SignatureAlg } from '../../../../../src/policy/bundle/signature/algorithms.js';
import { KeyUnusable, verificationOf } from '../../../../../src/policy/bundle/signature/keys.js';
import { signingKey, signingKeys } from '../../../../support/bundles/signing.js';

describe('the keys that verify bundles', () => {
  it('takes a key of each algorithm', () => {
    const specs = [...signingKeys()].map(([alg, { public: key }]) => ({ id: alg, alg, key }));
    expect([...verificationOf(specs).keys.keys()]).to.deep.equal(specs.map(({ id }) => id));
  });

  const es256 = signingKey('ES256');
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const unusable: readonly (readonly [string, SignatureAlg, string, string])[] = [
    ['an EC key on another curve', 'ES384', es256.public, 'curve'],
    ['an EC key for RSA', 'RS256', es256.public, 'not an RSA key'],
    ['an RSA key for EC', 'ES256', signingKey('RS256').public, 'not an EC key'],
    ['a private key', 'ES256', es256.private, 'public key'],
    [
      'an RSA key of 1024 bits',
      'RS256',
      small.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      '2048',
    ],
    ['a public key as a secret', 'HS256', es256.public, 'PEM'],
    ['a short secret', 'HS256', 'x'.repeat(31), '32 bytes'],
    [
      'a PEM with nothing in it',
      'ES256',
      '-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----',
      'read',
    ],
    ['no PEM', 'RS256', 'secret', 'PEM'],
  ];
  for (const [what, alg, key, why] of unusable) {
    it(`refuses ${what}, without repeating it`, () => {
      const attempt = () => verificationOf([{ id: 'k', alg, key }]);
      expect(attempt).to.throw(KeyUnusable, why);
      expect(attempt).not.to.throw(KeyUnusable, key);
    });
  }

  it('refuses two keys of one name, and a key_id that is none of them', () => {
    const spec = { id: 'k', alg: 'ES256', key: es256.public } as const;
    expect(() => verificationOf([spec, spec])).to.throw(KeyUnusable, 'twice');
    expect(() => verificationOf([spec], 'other')).to.throw(KeyUnusable, 'other');
  });
});
