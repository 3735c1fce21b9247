import { constants, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import type { PublicJwk } from '../../src/domain/records.js';
import { claimedSubject } from '../../src/identity/assertion-subject.js';
import { verifyClientAssertion } from '../../src/token/assertion.js';
import { type AssertionExpectation } from '../../src/domain/authentication.js';
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

function claims(changes: object = {}): Record<string, unknown> {
  return {
    iss: 'agent-1',
    sub: 'agent-1',
    aud: ISSUER,
    iat: NOW,
    exp: NOW + 60,
    jti: 'a-1',
    ...changes,
  };
}

const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
const SIGNERS: Record<string, (input: Buffer) => Buffer> = {
  ES256: (input) => sign('sha256', input, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
  ES384: (input) => sign('sha384', input, { key: ec384.privateKey, dsaEncoding: 'ieee-p1363' }),
  RS256: (input) => sign('sha256', input, rsa.privateKey),
  PS256: (input) => sign('sha256', input, { key: rsa.privateKey, ...PSS }),
  EdDSA: (input) => sign(null, input, ed.privateKey),
  weak: (input) => sign('sha256', input, weakRsa.privateKey),
  stranger: (input) =>
    sign('sha256', input, { key: stranger.privateKey, dsaEncoding: 'ieee-p1363' }),
};

function assertion(payload: unknown = claims(), header: unknown = { alg: 'ES256' }, by = 'ES256') {
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${(SIGNERS[by]?.(Buffer.from(input)) ?? Buffer.alloc(0)).toString('base64url')}`;
}

function verify(text: string, changes: Partial<AssertionExpectation> = {}) {
  return verifyClientAssertion(text, {
    keys: [jwk(ec.publicKey)],
    clientId: 'agent-1',
    audience: ISSUER,
    nowMs: NOW * 1000,
    ...changes,
  });
}

const ACCEPTED: Record<string, string> = {
  'the plainest': assertion(),
  'typ JWT': assertion(claims(), { alg: 'ES256', typ: 'JWT' }),
  'typ client-authentication+jwt': assertion(claims(), {
    alg: 'ES256',
    typ: 'client-authentication+jwt',
  }),
  'an audience list of one': assertion(claims({ aud: [ISSUER] })),
  'a header and a claim we do not know': assertion(claims({ x: { y: [1] } }), {
    alg: 'ES256',
    x5t: 'x',
  }),
  'a clock 30 s ahead': assertion(claims({ iat: NOW + 30, exp: NOW + 330 })),
  'times with a fraction': assertion(claims({ iat: NOW - 0.5, exp: NOW + 59.5 })),
  'JSON with spaces and nested names that repeat in different objects': assertion(
    `{ "a" : {"a": ":"}, ${JSON.stringify(claims()).slice(1)}`,
  ),
  'a jti of 256 characters': assertion(claims({ jti: 'x'.repeat(256) })),
};

const text = JSON.stringify(claims());
const REFUSED: Record<string, string> = {
  'an empty text': '',
  'alg none': `${part({ alg: 'none' })}.${part(claims())}.`,
  'alg none, signed': assertion(claims(), { alg: 'none' }),
  'alg HS256': assertion(claims(), { alg: 'HS256' }),
  'an algorithm of another kind of key': assertion(claims(), { alg: 'RS256' }),
  'an algorithm of another curve': assertion(claims(), { alg: 'ES384' }),
  'no alg': assertion(claims(), { typ: 'JWT' }),
  'a stranger’s key': assertion(claims(), { alg: 'ES256' }, 'stranger'),
  'a key brought along (jwk)': assertion(
    claims(),
    { alg: 'ES256', jwk: jwk(stranger.publicKey) },
    'stranger',
  ),
  'our key brought along (jwk)': assertion(claims(), { alg: 'ES256', jwk: jwk(ec.publicKey) }),
  'a key set by URL (jku)': assertion(claims(), { alg: 'ES256', jku: 'https://evil.example' }),
  'a certificate by URL (x5u)': assertion(claims(), { alg: 'ES256', x5u: 'https://evil.example' }),
  'a certificate brought along (x5c)': assertion(claims(), { alg: 'ES256', x5c: [] }),
  'a critical header': assertion(claims(), { alg: 'ES256', crit: ['x'], x: 1 }),
  'b64 false': assertion(claims(), { alg: 'ES256', b64: false }),
  'an access token': assertion(claims(), { alg: 'ES256', typ: 'at+jwt' }),
  'a proof of possession': assertion(claims(), { alg: 'ES256', typ: 'dpop+jwt' }),
  'a typ that is no text': assertion(claims(), { alg: 'ES256', typ: ['JWT'] }),
  'a kid that is no text': assertion(claims(), { alg: 'ES256', kid: null }),
  'a header member twice': assertion(claims(), '{"alg":"none","alg":"ES256"}'),
  'a claim twice': assertion(text.replace('{', '{"sub":"agent-2",')),
  'a nested claim twice': assertion(text.replace('{', '{"x":[{"y":1,"y":2}],')),
  'a claim twice, once escaped': assertion(text.replace('{', '{"ex\\u0070":9999999999,')),
  'text that is not JSON': assertion(`${text},`),
  'another client as iss': assertion(claims({ iss: 'agent-2' })),
  'another client as sub': assertion(claims({ sub: 'agent-2' })),
  'another client as both': assertion(claims({ iss: 'agent-2', sub: 'agent-2' })),
  'the token endpoint as audience': assertion(claims({ aud: `${ISSUER}/oauth2/token` })),
  'our issuer with a slash as audience': assertion(claims({ aud: `${ISSUER}/` })),
  'us and another audience': assertion(claims({ aud: [ISSUER, 'https://other.example'] })),
  'us as audience twice': assertion(claims({ aud: [ISSUER, ISSUER] })),
  'an empty audience list': assertion(claims({ aud: [] })),
  'an audience list in a list': assertion(claims({ aud: [[ISSUER]] })),
  'expired now': assertion(claims({ iat: NOW - 60, exp: NOW })),
  'valid for too long': assertion(claims({ exp: NOW + 331 })),
  'valid for too long by a clock ahead': assertion(claims({ iat: NOW + 30, exp: NOW + 360 })),
  'made long ago for now': assertion(claims({ iat: NOW - 3600, exp: NOW + 60 })),
  'made in the future': assertion(claims({ iat: NOW + 31, exp: NOW + 60 })),
  'not valid yet': assertion(claims({ nbf: NOW + 31 })),
  'nbf that is a text': assertion(claims({ nbf: '0' })),
  'expires before it is made': assertion(claims({ iat: NOW + 20, exp: NOW + 10 })),
  'times that are texts': assertion(claims({ iat: String(NOW), exp: String(NOW + 60) })),
  'an expiry beyond numbers': assertion(text.replace(/"exp":\d+/, '"exp":1e999')),
  'an empty jti': assertion(claims({ jti: '' })),
  'a jti of 257 characters': assertion(claims({ jti: 'x'.repeat(257) })),
  'a jti that is a number': assertion(claims({ jti: 1 })),
  'longer than 4 KiB': assertion(claims({ x: 'x'.repeat(4000) })),
  'a fourth part': `${assertion()}.x`,
  padding: `${assertion()}==`,
  'a signature in DER': (() => {
    const input = `${part({ alg: 'ES256' })}.${part(claims())}`;
    return `${input}.${sign('sha256', Buffer.from(input), ec.privateKey).toString('base64url')}`;
  })(),
};

describe('client assertions', () => {
  for (const [name, accepted] of Object.entries(ACCEPTED)) {
    it(`accepts ${name}`, () => {
      expect(verify(accepted)).to.not.equal(undefined);
    });
  }

  for (const [name, refused] of Object.entries(REFUSED)) {
    it(`refuses ${name}`, () => {
      expect(verify(refused)).to.equal(undefined);
    });
  }

  for (const name of ['iss', 'sub', 'aud', 'iat', 'exp', 'jti']) {
    it(`refuses an assertion without ${name}`, () => {
      expect(verify(assertion(claims({ [name]: undefined })))).to.equal(undefined);
    });
  }

  it('returns what the replay check needs', () => {
    const precise = assertion(claims({ iat: NOW - 0.5, exp: NOW + 59.5 }));
    expect(verify(precise)).to.deep.equal({
      jti: 'a-1',
      issuedAtSeconds: NOW - 1,
      expiresAtSeconds: NOW + 60,
    });
  });

  it('bounds the life as configured', () => {
    const minute = assertion(claims({ exp: NOW + 91 }));
    expect(verify(minute, { maxAgeSeconds: 60 })).to.equal(undefined);
    expect(verify(minute, { maxAgeSeconds: 61 })).to.not.equal(undefined);
  });

  it('reads the claimed subject without trusting it', () => {
    expect(claimedSubject(assertion(claims(), { alg: 'none' }))).to.equal('agent-1');
    expect(claimedSubject(assertion(claims({ sub: 1 })))).to.equal(undefined);
    expect(claimedSubject('x.y.z')).to.equal(undefined);
  });

  it('refuses any bit flipped', () => {
    const genuine = assertion();
    const place = fc.tuple(fc.nat({ max: genuine.length - 1 }), fc.nat({ max: 6 }));
    fc.assert(
      fc.property(place, ([at, bit]) => {
        const bytes = Buffer.from(genuine, 'latin1');
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        return verify(bytes.toString('latin1')) === undefined;
      }),
      { numRuns: 1000 },
    );
  });
});

describe('keys of client assertions', () => {
  const algs = { ES256: ec, ES384: ec384, RS256: rsa, PS256: rsa };
  for (const [alg, { publicKey }] of Object.entries(algs)) {
    it(`verifies ${alg} by its key and not by another kind of key`, () => {
      const signed = assertion(claims(), { alg }, alg);
      const other = alg.startsWith('ES') ? rsa.publicKey : ec.publicKey;
      expect(verify(signed, { keys: [jwk(publicKey)] })).to.not.equal(undefined);
      expect(verify(signed, { keys: [jwk(publicKey, { alg })] })).to.not.equal(undefined);
      expect(verify(signed, { keys: [jwk(other)] })).to.equal(undefined);
    });
  }

  it('refuses another algorithm than a key’s own alg member says', () => {
    const signed = assertion(claims(), { alg: 'PS256' }, 'PS256');
    expect(verify(signed, { keys: [jwk(rsa.publicKey, { alg: 'RS256' })] })).to.equal(undefined);
  });

  const bad: Record<string, { key: PublicJwk; alg: string; by: string }> = {
    'a private key': { key: jwk(ec.privateKey), alg: 'ES256', by: 'ES256' },
    'a key for encryption': { key: jwk(ec.publicKey, { use: 'enc' }), alg: 'ES256', by: 'ES256' },
    'a key that may not verify': {
      key: jwk(ec.publicKey, { key_ops: ['sign'] }),
      alg: 'ES256',
      by: 'ES256',
    },
    'an RSA key of 1024 bits': { key: jwk(weakRsa.publicKey), alg: 'RS256', by: 'weak' },
    'a key of a kind we do not know': { key: jwk(ed.publicKey), alg: 'EdDSA', by: 'EdDSA' },
    'a shared secret': { key: { kty: 'oct', k: 'AAAA' }, alg: 'HS256', by: 'ES256' },
    'a point that is not on the curve': {
      key: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' },
      alg: 'ES256',
      by: 'ES256',
    },
  };
  for (const [name, { key, alg, by }] of Object.entries(bad)) {
    it(`refuses ${name}`, () => {
      expect(verify(assertion(claims(), { alg }, by), { keys: [key] })).to.equal(undefined);
    });
  }

  it('takes the key that kid names, and no other', () => {
    const keys = [jwk(stranger.publicKey, { kid: 'a' }), jwk(ec.publicKey, { kid: 'b' })];
    const by = (kid?: string) => verify(assertion(claims(), { alg: 'ES256', kid }), { keys });
    expect(by('b')).to.not.equal(undefined);
    for (const kid of ['a', 'c', 'B', '']) expect(by(kid)).to.equal(undefined);
  });

  it('refuses a kid that two keys have', () => {
    const keys = [jwk(ec.publicKey, { kid: 'a' }), jwk(stranger.publicKey, { kid: 'a' })];
    const signed = assertion(claims(), { alg: 'ES256', kid: 'a' });
    expect(verify(signed, { keys })).to.equal(undefined);
  });

  it('tries the first five fitting keys when there is no kid', () => {
    const others = [1, 2, 3, 4, 5].map((at) =>
      jwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey, { kid: String(at) }),
    );
    const own = jwk(ec.publicKey, { kid: 'own' });
    const unfit = [jwk(ec384.publicKey), jwk(rsa.publicKey), jwk(ed.publicKey)];
    expect(verify(assertion(), { keys: [...unfit, ...others.slice(1), own] })).to.not.equal(
      undefined,
    );
    expect(verify(assertion(), { keys: [...others, own] })).to.equal(undefined);
    expect(verify(assertion(), { keys: [...unfit, ...others] })).to.equal(undefined);
  });

  it('needs no kid for a single key, but not a wrong one', () => {
    const named = { keys: [jwk(ec.publicKey, { kid: 'a' })] };
    expect(verify(assertion(), named)).to.not.equal(undefined);
    const other = assertion(claims(), { alg: 'ES256', kid: 'b' });
    expect(verify(other, named)).to.equal(undefined);
    expect(verify(other)).to.not.equal(undefined);
  });

  it('refuses everything when there is no key', () => {
    expect(verify(assertion(), { keys: [] })).to.equal(undefined);
  });
});
