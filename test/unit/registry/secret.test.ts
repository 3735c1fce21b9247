import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { isWellFormedSecret, mintSecret, sha256Hex } from '../../../src/registry/secret.js';

const KINDS = [
  ['agent', 'csk_'],
  ['resource_server', 'csr_'],
  ['admin', 'csa_'],
] as const;
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

describe('mintSecret', () => {
  for (const [kind, prefix] of KINDS) {
    it(`makes a ${kind} secret: ${prefix}, 43 characters, checksum of 6`, () => {
      const { secret, sha256 } = mintSecret(kind);
      expect(secret).to.match(new RegExp(`^${prefix}[0-9A-Za-z]{49}$`));
      expect(sha256).to.equal(createHash('sha256').update(secret).digest('hex'));
      const checksum = Array.from(secret.slice(-6)).reduce(
        (sum, c) => sum * 62 + DIGITS.indexOf(c),
        0,
      );
      expect(checksum).to.equal(crc32(secret.slice(0, -6)));
      for (const [other] of KINDS)
        expect(isWellFormedSecret(secret, other)).to.equal(other === kind);
      expect(isWellFormedSecret(secret)).to.equal(true);
    });
  }

  it('never makes one twice, and uses every digit', () => {
    const secrets = Array.from({ length: 500 }, () => mintSecret('agent').secret);
    expect(new Set(secrets).size).to.equal(500);
    expect(new Set(secrets.join('').replaceAll('csk_', '')).size).to.equal(62);
  });
});

describe('isWellFormedSecret', () => {
  it('refuses every secret with one character changed', () => {
    fc.assert(
      fc.property(fc.nat({ max: 52 }), fc.constantFrom(...Array.from(DIGITS)), (at, digit) => {
        const { secret } = mintSecret('agent');
        fc.pre(secret[at] !== digit);
        const changed = secret.slice(0, at) + digit + secret.slice(at + 1);
        expect(isWellFormedSecret(changed)).to.equal(false);
      }),
    );
  });

  it('refuses any other text', () => {
    const { secret } = mintSecret('agent');
    for (const text of [
      '',
      'csk_',
      `${secret}\n`,
      ` ${secret}`,
      secret.slice(0, -1),
      `${secret}0`,
    ]) {
      expect(isWellFormedSecret(text), JSON.stringify(text)).to.equal(false);
    }
  });
});

describe('sha256Hex', () => {
  it('is the lower-case hex SHA-256 of the UTF-8', () => {
    expect(sha256Hex('é')).to.equal(
      '4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c',
    );
  });
});
