import { createPublicKey } from 'node:crypto';
import { expect } from 'chai';
import jwt from 'jsonwebtoken';
import { CountersignError } from '../../../src/domain/errors.js';
import type { SigningAlg } from '../../../src/domain/token.js';
import { revokeSigningKey } from '../../../src/token/change-keyring.js';
import { SERVICE_ITSELF } from '../../../src/token/key-changes.js';
import { createTokenSigner } from '../../../src/token/signer.js';
import { createTokenVerifier } from '../../../src/token/verifier.js';
import { ISSUER, testKeyring, tokenClaims } from '../../support/tokens.js';

const options = { issuer: ISSUER, cacheEntries: 100 };

describe('token signer and verifier', () => {
  for (const alg of ['ES256', 'RS256'] satisfies SigningAlg[]) {
    it(`verifies what it signs with ${alg}, the first time and from memory`, async () => {
      const { keyring } = await testKeyring(alg);
      const claims = tokenClaims({ session_id: 's-1', task_id: 't-1', user_id: 'ü-1' });
      const signed = createTokenSigner(keyring, options).sign(claims);
      const verifier = createTokenVerifier(keyring, options);
      const first = verifier.verify(signed.token);
      expect(first).to.deep.equal({ ...signed, claims });
      const again = verifier.verify(signed.token);
      expect(again).to.deep.equal(first);
      expect(again?.claims).to.equal(first?.claims);
      expect(verifier.verify(signed.token.slice(0, -1))).to.equal(undefined);
    });

    it(`signs with ${alg} what a stranger verifies by the published key`, async () => {
      const { keyring } = await testKeyring(alg);
      const { token, kid } = createTokenSigner(keyring, options).sign(tokenClaims());
      const jwk = keyring.view().published.find((key) => key['kid'] === kid);
      const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
      const read = jwt.verify(token, key, {
        algorithms: [alg],
        complete: true,
        ignoreExpiration: true,
      });
      expect(read.header).to.deep.equal({ alg, typ: 'at+jwt', kid });
      expect(read.payload).to.deep.equal(tokenClaims());
    });
  }

  it('verifies a token whatever its time: the store says what has expired', async () => {
    const { keyring } = await testKeyring();
    const { token } = createTokenSigner(keyring, options).sign(tokenClaims({ iat: 1, exp: 2 }));
    expect(createTokenVerifier(keyring, options).verify(token)?.claims.exp).to.equal(2);
  });

  it('drops cached results of a revoked key', async () => {
    const { keyring, store, sealer } = await testKeyring();
    const { token, kid } = createTokenSigner(keyring, options).sign(tokenClaims());
    const verifier = createTokenVerifier(keyring, options);
    expect(verifier.verify(token)).to.not.equal(undefined);
    await revokeSigningKey(store, sealer, kid, { ...SERVICE_ITSELF, alg: 'ES256' });
    expect(verifier.verify(token)).to.not.equal(undefined);
    await keyring.sync(2);
    expect(verifier.verify(token)).to.equal(undefined);
    expect(
      verifier.verify(createTokenSigner(keyring, options).sign(tokenClaims()).token),
    ).to.not.equal(undefined);
  });

  it('keeps cached results of other keys', async () => {
    const { keyring, store } = await testKeyring();
    const { token } = createTokenSigner(keyring, options).sign(tokenClaims());
    const verifier = createTokenVerifier(keyring, options);
    const before = verifier.verify(token);
    if (store.document) store.document = { ...store.document, generation: 2 };
    await keyring.sync(2);
    expect(verifier.verify(token)?.claims).to.equal(before?.claims);
  });

  it('remembers no more tokens than it may', async () => {
    const { keyring } = await testKeyring();
    const signer = createTokenSigner(keyring, options);
    const verifier = createTokenVerifier(keyring, { issuer: ISSUER, cacheEntries: 1 });
    const one = signer.sign(tokenClaims()).token;
    const first = verifier.verify(one)?.claims;
    verifier.verify(signer.sign(tokenClaims({ sub: 'agent-2' })).token);
    const again = verifier.verify(one)?.claims;
    expect(again).to.deep.equal(first);
    expect(again).to.not.equal(first);
  });

  it('signs no token that it would not accept', async () => {
    const { keyring } = await testKeyring();
    const signer = createTokenSigner(keyring, options);
    const long = tokenClaims({ scope: 'x'.repeat(3000) });
    expect(() => signer.sign(long))
      .to.throw(CountersignError)
      .with.property('code', 'invalid_scope');
    expect(() => signer.sign(tokenClaims({ iss: 'https://other.example' })))
      .to.throw(CountersignError)
      .with.property('code', 'temporarily_unavailable');
  });
});
