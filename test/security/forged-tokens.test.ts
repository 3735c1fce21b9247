import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import type { TokenVerifier } from '../../src/domain/ports.js';
import type { SigningKey } from '../../src/token/signing-key.js';
import { createTokenSigner } from '../../src/token/signer.js';
import { createTokenVerifier } from '../../src/token/verifier.js';
import { ISSUER, part, testKeyring, tokenClaims } from '../support/tokens.js';

let verifier: TokenVerifier;
let ours: SigningKey;
let genuine: string;
const strangers = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Signs any header and payload text with our own active key, or with another one. */
function forge(header: unknown, payload: unknown, key: KeyObject = ours.privateKey): string {
  const input = `${part(header)}.${part(payload)}`;
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

function header(changes: object = {}): object {
  return { alg: 'ES256', typ: 'at+jwt', kid: ours.kid, ...changes };
}

function without(name: string): object {
  return Object.fromEntries(Object.entries(tokenClaims()).filter(([key]) => key !== name));
}

function hmac(key: string | Buffer): string {
  const input = `${part(header({ alg: 'HS256' }))}.${part(tokenClaims())}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

/** Each forgery is made when its test runs, from the keys of this run. */
const FORGERIES: Record<string, () => string> = {
  'an empty text': () => '',
  'two dots alone': () => '..',
  'alg none without a signature': () => `${part(header({ alg: 'none' }))}.${part(tokenClaims())}.`,
  'alg none with our signature': () => forge(header({ alg: 'none' }), tokenClaims()),
  'alg None, in other case': () => forge(header({ alg: 'None' }), tokenClaims()),
  'HS256 with the PEM of the public key as the secret': () =>
    hmac(ours.publicKey.export({ format: 'pem', type: 'spki' })),
  'HS256 with the JWK of the public key as the secret': () => hmac(JSON.stringify(ours.publicJwk)),
  'HS256 with an empty secret': () => hmac(''),
  'another algorithm than the key is for': () => forge(header({ alg: 'RS256' }), tokenClaims()),
  'alg in other case': () => forge(header({ alg: 'es256' }), tokenClaims()),
  'no alg': () => forge({ typ: 'at+jwt', kid: ours.kid, x: 1 }, tokenClaims()),
  'a stranger’s key under our kid': () => forge(header(), tokenClaims(), strangers.privateKey),
  'a kid that is a path': () => forge(header({ kid: '../../dev/null' }), tokenClaims()),
  'a kid that is a query': () => forge(header({ kid: `${ours.kid}' OR '1'='1` }), tokenClaims()),
  'a kid with a space after it': () => forge(header({ kid: `${ours.kid} ` }), tokenClaims()),
  'a kid with NUL after it': () => forge(header({ kid: `${ours.kid}\0` }), tokenClaims()),
  'a kid that is a list': () => forge(header({ kid: [ours.kid] }), tokenClaims()),
  'the kid __proto__': () => forge(header({ kid: '__proto__' }), tokenClaims()),
  'an empty kid': () => forge(header({ kid: '' }), tokenClaims()),
  'no kid': () => forge({ alg: 'ES256', typ: 'at+jwt' }, tokenClaims()),
  'a key set by URL (jku)': () => forge(header({ jku: `${ISSUER}/jwks` }), tokenClaims()),
  'a key brought along (jwk)': () =>
    forge(
      header({ jwk: strangers.publicKey.export({ format: 'jwk' }) }),
      tokenClaims(),
      strangers.privateKey,
    ),
  'a key brought in place of kid': () =>
    forge(
      { alg: 'ES256', typ: 'at+jwt', jwk: strangers.publicKey.export({ format: 'jwk' }) },
      tokenClaims(),
      strangers.privateKey,
    ),
  'a certificate by URL (x5u)': () => forge(header({ x5u: 'https://evil.example' }), tokenClaims()),
  'a certificate brought along (x5c)': () => forge(header({ x5c: ['AAAA'] }), tokenClaims()),
  'an unknown critical header': () => forge(header({ crit: ['exp'], exp: 1 }), tokenClaims()),
  'b64 false': () => forge(header({ b64: false, crit: ['b64'] }), tokenClaims()),
  'a header we do not write': () => forge(header({ x: 1 }), tokenClaims()),
  'typ JWT': () => forge(header({ typ: 'JWT' }), tokenClaims()),
  'typ of a proof of possession': () => forge(header({ typ: 'dpop+jwt' }), tokenClaims()),
  'no typ': () => forge({ alg: 'ES256', kid: ours.kid }, tokenClaims()),
  'a header member twice': () =>
    forge(`{"alg":"ES256","typ":"JWT","typ":"at+jwt","kid":"${ours.kid}"}`, tokenClaims()),
  'a header member twice, once escaped': () =>
    forge(`{"alg":"none","al\\u0067":"ES256","typ":"at+jwt","kid":"${ours.kid}"}`, tokenClaims()),
  'a header that is a list': () => forge([header()], tokenClaims()),
  'a header that is null': () => forge('null', tokenClaims()),
  'a header with a byte order mark': () =>
    forge(`\ufeff${JSON.stringify(header())}`, tokenClaims()),
  'a claim twice': () =>
    forge(header(), JSON.stringify(tokenClaims()).replace('{', '{"sub":"agent-2",')),
  'a claim twice, once escaped': () =>
    forge(header(), JSON.stringify(tokenClaims()).replace('{', '{"su\\u0062":"agent-2",')),
  'claims that are a list': () => forge(header(), [tokenClaims()]),
  'claims that are a text': () => forge(header(), '"claims"'),
  'claims that are not UTF-8': () => {
    const bytes = Buffer.from(JSON.stringify(tokenClaims({ sub: 'XX' })));
    bytes.fill(0xff, bytes.indexOf('XX'), bytes.indexOf('XX') + 2);
    const input = `${part(header())}.${bytes.toString('base64url')}`;
    const key = { key: ours.privateKey, dsaEncoding: 'ieee-p1363' } as const;
    return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
  },
  'another issuer': () => forge(header(), tokenClaims({ iss: 'https://auth.example.evil' })),
  'our issuer with a slash': () => forge(header(), tokenClaims({ iss: `${ISSUER}/` })),
  'a claim we do not write': () => forge(header(), { ...tokenClaims(), admin: true }),
  'the claim __proto__': () =>
    forge(header(), JSON.stringify(tokenClaims()).replace('{', '{"__proto__":{},')),
  'an audience list': () => forge(header(), { ...tokenClaims(), aud: ['https://api.example'] }),
  'an expiry that is a text': () => forge(header(), { ...tokenClaims(), exp: '9999999999' }),
  'an expiry with a fraction': () => forge(header(), { ...tokenClaims(), exp: 1_700_000_300.5 }),
  'an expiry beyond numbers': () =>
    forge(header(), JSON.stringify(tokenClaims()).replace(/"exp":\d+/, '"exp":1e999')),
  'issued after it expires': () => forge(header(), tokenClaims({ iat: 1_700_000_301 })),
  'an optional claim that is null': () => forge(header(), { ...tokenClaims(), task_id: null }),
  'longer than 4 KiB': () => forge(header(), tokenClaims({ session_id: 'x'.repeat(3000) })),
  'a fourth part': () => `${genuine}.AAAA`,
  'a fourth part that is empty': () => `${genuine}.`,
  'no signature': () => genuine.slice(0, genuine.lastIndexOf('.') + 1),
  'no third part': () => genuine.slice(0, genuine.lastIndexOf('.')),
  'the last character cut': () => genuine.slice(0, -1),
  'padding after the signature': () => `${genuine}==`,
  'a line end after it': () => `${genuine}\n`,
  'a space before it': () => ` ${genuine}`,
  'the other base64 alphabet': () => {
    // Text that encodes to '-' or '_' exists in nearly every signature; look for one that has it.
    for (;;) {
      const token = forge(header(), tokenClaims());
      const other = token.replaceAll('-', '+').replaceAll('_', '/');
      if (other !== token) return other;
    }
  },
  'spare bits set in the last character': () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(genuine.slice(-1));
    return genuine.slice(0, -1) + (alphabet[last + 1] ?? '');
  },
  'a signature in DER': () => {
    const input = genuine.slice(0, genuine.lastIndexOf('.'));
    const der = sign('sha256', Buffer.from(input), ours.privateKey);
    return `${input}.${der.toString('base64url')}`;
  },
  'a signature of zeros': () =>
    `${genuine.slice(0, genuine.lastIndexOf('.'))}.${Buffer.alloc(64).toString('base64url')}`,
  'two signatures one after the other': () => {
    const at = genuine.lastIndexOf('.') + 1;
    const twice = Buffer.concat([Buffer.from(genuine.slice(at), 'base64url'), Buffer.alloc(64)]);
    return genuine.slice(0, at) + twice.toString('base64url');
  },
};

describe('forged tokens', () => {
  before(async () => {
    const { keyring } = await testKeyring();
    const options = { issuer: ISSUER, cacheEntries: 100 };
    ours = keyring.view().active;
    verifier = createTokenVerifier(keyring, options);
    genuine = createTokenSigner(keyring, options).sign(tokenClaims()).token;
  });

  it('control: what the forgeries start from is accepted', () => {
    expect(verifier.verify(genuine)).to.not.equal(undefined);
    expect(verifier.verify(forge(header(), tokenClaims()))).to.not.equal(undefined);
  });

  for (const [name, forgery] of Object.entries(FORGERIES)) {
    it(`refuses ${name}`, () => {
      expect(verifier.verify(forgery())).to.equal(undefined);
    });
  }

  for (const name of Object.keys(tokenClaims())) {
    it(`refuses a token without ${name}`, () => {
      expect(verifier.verify(forge(header(), without(name)))).to.equal(undefined);
    });

    it(`refuses a token with ${name} of another type`, () => {
      for (const wrong of [null, true, {}, [], ['x']]) {
        const claims = { ...tokenClaims(), [name]: wrong };
        expect(verifier.verify(forge(header(), claims))).to.equal(undefined);
      }
    });
  }

  it('refuses a genuine token with any one bit flipped', () => {
    const bits = fc.record({
      at: fc.nat({ max: genuine.length - 1 }),
      bit: fc.nat({ max: 6 }),
    });
    fc.assert(
      fc.property(bits, ({ at, bit }) => {
        const bytes = Buffer.from(genuine, 'latin1');
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        return verifier.verify(bytes.toString('latin1')) === undefined;
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses a genuine token cut, doubled, spliced or with characters put in', () => {
    const range = fc.nat({ max: genuine.length });
    fc.assert(
      fc.property(range, range, fc.string({ unit: 'binary' }), (from, to, text) => {
        const mutant = genuine.slice(0, from) + text + genuine.slice(to);
        return mutant === genuine || verifier.verify(mutant) === undefined;
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses any bytes in place of a part', () => {
    const bytes = fc
      .uint8Array({ maxLength: 200 })
      .map((b) => Buffer.from(b).toString('base64url'));
    fc.assert(
      fc.property(fc.nat({ max: 2 }), bytes, (which, text) => {
        const parts = genuine.split('.');
        parts[which] = text;
        return verifier.verify(parts.join('.')) === undefined;
      }),
      { numRuns: 1000 },
    );
  });

  it('gives the mirrored ECDSA signature another hash, which the store refuses', () => {
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const at = genuine.lastIndexOf('.') + 1;
    const bytes = Buffer.from(genuine.slice(at), 'base64url');
    const s = order - BigInt(`0x${bytes.subarray(32).toString('hex')}`);
    Buffer.from(s.toString(16).padStart(64, '0'), 'hex').copy(bytes, 32);
    const mirrored = verifier.verify(genuine.slice(0, at) + bytes.toString('base64url'));
    expect(mirrored).to.not.equal(undefined);
    expect(mirrored?.sha256).to.not.equal(verifier.verify(genuine)?.sha256);
  });
});
