import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect } from 'chai';
import type { PublicJwk } from '../../src/domain/records.js';
import { verifyClientAssertion } from '../../src/token/assertion.js';
import { ISSUER, part } from '../support/tokens.js';

const NOW = 1_700_000_000;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ec384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const weakRsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
const ed = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function jwk(key: KeyObject, members: object = {}): PublicJwk {
  return { ...(key.export({ format: 'jwk' }) as PublicJwk), ...members };
}

function claims(): object {
  const [iat, exp] = [NOW, NOW + 60];
  return { iss: 'agent-1', sub: 'agent-1', aud: ISSUER, iat, exp, jti: 'a-1' };
}

describe('the work of refusing a client assertion', () => {
  it('works as much for a client without keys as for one with any kind and number of them', () => {
    const rsa3072 = generateKeyPairSync('rsa', { modulusLength: 3072 });
    const rsa2560 = generateKeyPairSync('rsa', { modulusLength: 2560 });
    const pairs = [ec, ec384, rsa, rsa3072, rsa2560, ed, weakRsa, stranger];
    const all = pairs.map(({ publicKey }, at) => jwk(publicKey, { kid: String(at) }));
    const sets = [[], ...all.map((key) => [key]), all, [jwk(ec.publicKey), jwk(rsa.publicKey)]];
    const usual = { 'ES256 64': 1, 'ES384 96': 1, 'RS256 256': 1, 'PS256 384': 1, 'RS256 320': 1 };
    const impossible = { 'EdDSA 64': 0, 'HS256 32': 0, 'RS256 128': 0, 'RS256 1025': 0 };
    for (const [forgery, known] of Object.entries({ ...usual, ...impossible })) {
      const [alg = '', length] = forgery.split(' ');
      for (const kid of [undefined, '0', '1', '2', '3', '9']) {
        const input = `${part({ alg, kid })}.${part(claims())}`;
        const forged = `${input}.${Buffer.alloc(Number(length), 1).toString('base64url')}`;
        const works = sets.map((keys) => {
          const work: string[] = [];
          const changes = { keys, clientId: 'agent-1', audience: ISSUER, nowMs: NOW * 1000 };
          const holds = verifyClientAssertion(
            forged,
            changes,
            (_jws, by, { asymmetricKeyDetails }) => {
              const { modulusLength, namedCurve } = asymmetricKeyDetails ?? {};
              work.push(`${by} ${String(namedCurve ?? modulusLength)}`);
              return false;
            },
          );
          expect(holds).to.equal(undefined);
          return work;
        });
        expect(works[0], alg).to.have.length(known * (kid === undefined ? 5 : 1));
        for (const work of works) expect(work, `${alg} ${String(kid)}`).to.deep.equal(works[0]);
      }
    }
  });

  it('never takes a signature that a decoy would take', () => {
    for (const keys of [[], [jwk(rsa.publicKey)]]) {
      const changes = { keys, clientId: 'agent-1', audience: ISSUER, nowMs: NOW * 1000 };
      expect(
        verifyClientAssertion(
          `${part({ alg: 'ES256' })}.${part(claims())}.${'A'.repeat(86)}`,
          changes,
          () => true,
        ),
      ).to.equal(undefined);
    }
  });
});
