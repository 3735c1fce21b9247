import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { CountersignError } from '../../../src/domain/errors.js';
import { createSealer } from '../../../src/token/sealer.js';

const oldKek = randomBytes(32);
const newKek = randomBytes(32);
const sealer = createSealer(oldKek);
const secret = Buffer.from('a private key');

describe('sealer', () => {
  it('opens a text that it sealed', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(bytes, fc.string(), (plain, aad) =>
        sealer.open(sealer.seal(plain, aad), aad).equals(plain),
      ),
      { numRuns: 200 },
    );
  });

  it('writes version, key id, nonce, text and tag, and another nonce each time', () => {
    const texts = Array.from({ length: 50 }, () => sealer.seal(secret, 'kid'));
    expect(texts[0]).to.match(/^v1\.[\w-]{8}\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/);
    expect(new Set(texts.map((text) => text.split('.')[2])).size).to.equal(50);
    expect(texts.join()).to.not.include(secret.toString('base64url'));
  });

  it('refuses a text sealed for another kid', () => {
    expect(() => sealer.open(sealer.seal(secret, 'kid-1'), 'kid-2')).to.throw(CountersignError);
  });

  it('refuses a text with any character changed, cut or added', () => {
    const sealed = sealer.seal(secret, 'kid');
    const at = fc.nat({ max: sealed.length - 1 });
    fc.assert(
      fc.property(at, fc.constantFrom('', 'A', 'B', '.', '=', '-', 'é'), (index, put) => {
        const changed = sealed.slice(0, index) + put + sealed.slice(index + 1);
        if (changed === sealed) return;
        expect(() => sealer.open(changed, 'kid')).to.throw(CountersignError);
      }),
      { numRuns: 1000 },
    );
  });

  it('refuses a shortened tag, which GCM would otherwise check in part', () => {
    const parts = sealer.seal(secret, 'kid').split('.');
    const tag = Buffer.from(parts[4] ?? '', 'base64url')
      .subarray(0, 4)
      .toString('base64url');
    expect(() => sealer.open([...parts.slice(0, 4), tag].join('.'), 'kid')).to.throw(
      CountersignError,
      /not a sealed text/,
    );
  });

  it('refuses a text under another key, and says which it was for in the log only', () => {
    const other = createSealer(newKek);
    expect(() => other.open(sealer.seal(secret, 'kid'), 'kid')).to.throw(
      /unknown key-encryption key/,
    );
  });

  it('refuses a foreign text that claims our key id', () => {
    const id = sealer.seal(secret, 'kid').split('.')[1] ?? '';
    const foreign = createSealer(newKek).seal(secret, 'kid').split('.');
    foreign[1] = id;
    expect(() => sealer.open(foreign.join('.'), 'kid')).to.throw(/tampered/);
  });

  it('opens what the previous key sealed, and seals it again under the current one', () => {
    const both = createSealer(newKek, oldKek);
    const sealed = sealer.seal(secret, 'kid');
    expect(both.open(sealed, 'kid').equals(secret)).to.equal(true);
    const again = both.reseal(sealed, 'kid') ?? '';
    expect(createSealer(newKek).open(again, 'kid').equals(secret)).to.equal(true);
    expect(both.reseal(again, 'kid')).to.equal(undefined);
    expect(() => both.reseal(sealed, 'other')).to.throw(CountersignError);
  });

  it('refuses a key that is not 32 bytes', () => {
    expect(() => createSealer(randomBytes(16))).to.throw(/16 bytes/);
    expect(() => createSealer(newKek, randomBytes(33))).to.throw(/33 bytes/);
  });
});
