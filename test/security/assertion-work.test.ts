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
    const all = [ec, ec384, rsa, rsa3072, ed, weakRsa, stranger].map(({ publicKey }, at) =>
      jwk(publicKey, { kid: String(at) }),
    );
    const sets = [[], ...all.map((key) => [key]), all, [jwk(ec.publicKey), jwk(rsa.publicKey)]];
    const bytes = { ES256: 64, ES384: 96, RS256: 256, PS256: 384, EdDSA: 64, HS256: 32 };
    for (const [alg, length] of Object.entries(bytes)) {
      for (const kid of [undefined, '0', '1', '2', '3', '9']) {
        const input = `${part({ alg, kid })}.${part(claims())}`;
        const forged = `${input}.${Buffer.alloc(length, 1).toString('base64url')}`;
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
        const known = alg !== 'EdDSA' && alg !== 'HS256';
        expect(works[0], alg).to.have.length(known ? (kid === undefined ? 5 : 1) : 0);
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
