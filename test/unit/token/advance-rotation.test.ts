import { expect } from 'chai';
import type { SigningAlg } from '../../../src/domain/token.js';
import {
  advanceRotation,
  requestKeyRotation,
  revokeSigningKey,
} from '../../../src/token/change-keyring.js';
import { SERVICE_ITSELF } from '../../../src/token/key-changes.js';
import { createKeyring } from '../../../src/token/keyring.js';
import { createTokenSigner } from '../../../src/token/signer.js';
import { createTokenVerifier } from '../../../src/token/verifier.js';
import { ISSUER, testKeyring, tokenClaims, type TestKeyring } from '../../support/tokens.js';

const SCHEDULE = {
  jwksCacheSeconds: 60,
  longestTokenMs: 330_000,
  rotateEverySeconds: 86_400,
  alg: 'ES256' as SigningAlg,
};

async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: unknown) => String(error),
  );
}

function statesOf({ store }: TestKeyring): string[] {
  return (store.document?.keys ?? []).map((key) => key.state);
}

describe('rotation in the worker', () => {
  it('takes each step once when two workers race', async () => {
    const ring = await testKeyring();
    const { store, sealer } = ring;
    const advance = () => advanceRotation(store, sealer, SCHEDULE);
    expect(await requestKeyRotation(store, SERVICE_ITSELF)).to.equal(true);
    expect(await requestKeyRotation(store, SERVICE_ITSELF)).to.equal(false);
    for (const [waitMs, expected] of [
      [0, ['publish', 'confirm']],
      [60_000, ['promote']],
      [330_000, ['retire']],
    ] as const) {
      store.nowMs += waitMs;
      const taken = await Promise.all([advance(), advance(), advance()]);
      expect(taken.flat()).to.have.members(expected).and.to.have.length(expected.length);
      expect(await advance()).to.deep.equal([]);
    }
    expect(statesOf(ring)).to.deep.equal(['active', 'retired']);
    expect(store.events.map((event) => event.type)).to.deep.equal([
      'key.published',
      'key.activated',
      'key.rotation_requested',
      'key.published',
      'key.activated',
      'key.retired',
    ]);
  });

  it('catches up on every step that is due after a long stop', async () => {
    const ring = await testKeyring();
    ring.store.nowMs += 86_400_000;
    const published = await advanceRotation(ring.store, ring.sealer, SCHEDULE);
    expect(published).to.deep.equal(['publish', 'confirm']);
    ring.store.nowMs += 86_400_000;
    expect(await advanceRotation(ring.store, ring.sealer, SCHEDULE)).to.deep.equal(['promote']);
    ring.store.nowMs += 86_400_000;
    expect(await advanceRotation(ring.store, ring.sealer, SCHEDULE)).to.deep.equal([
      'retire',
      'publish',
      'confirm',
    ]);
  });

  it('resumes when the write failed and when its answer was lost', async () => {
    const ring = await testKeyring();
    const { store, sealer } = ring;
    const replace = store.replace.bind(store);
    await requestKeyRotation(store, SERVICE_ITSELF);
    store.replace = () => Promise.reject(new Error('away'));
    expect(await failure(advanceRotation(store, sealer, SCHEDULE))).to.include('away');
    expect(statesOf(ring)).to.deep.equal(['active']);
    store.replace = async (...args) => {
      await replace(...args);
      throw new Error('answer lost');
    };
    expect(await failure(advanceRotation(store, sealer, SCHEDULE))).to.include('answer lost');
    expect(statesOf(ring)).to.deep.equal(['active', 'next']);
    store.replace = replace;
    store.nowMs += 59_000;
    expect(await advanceRotation(store, sealer, SCHEDULE)).to.deep.equal(['confirm']);
    store.nowMs += 59_000;
    expect(await advanceRotation(store, sealer, SCHEDULE)).to.deep.equal([]);
    store.nowMs += 1_000;
    expect(await advanceRotation(store, sealer, SCHEDULE)).to.deep.equal(['promote']);
  });

  it('counts the cache age from when the key was written, however long the write took', async () => {
    const ring = await testKeyring();
    const { store, sealer } = ring;
    const replace = store.replace.bind(store);
    await requestKeyRotation(store, SERVICE_ITSELF);
    store.replace = (...args) => {
      store.nowMs += 45_000;
      store.replace = replace;
      return replace(...args);
    };
    expect(await advanceRotation(store, sealer, SCHEDULE)).to.include('publish');
    // A key set that was requested just before the write lacks the key for a minute.
    store.nowMs += 59_000;
    expect(await advanceRotation(store, sealer, SCHEDULE)).to.deep.equal([]);
    expect(statesOf(ring)).to.deep.equal(['active', 'next']);
  });

  it('publishes another key each time, and stops even when a step is always due', async () => {
    const { store, sealer } = await testKeyring();
    const restless = { ...SCHEDULE, jwksCacheSeconds: 0, rotateEverySeconds: 0 };
    const taken = await advanceRotation(store, sealer, restless);
    const turn = ['publish', 'confirm', 'promote'];
    expect(taken.slice(0, 6)).to.deep.equal([...turn, ...turn]);
    const kids = store.document?.keys.map((key) => key.kid) ?? [];
    expect(new Set(kids).size).to.equal(kids.length);
  });

  it('changes the algorithm when another is configured', async () => {
    const ring = await testKeyring();
    const schedule = { ...SCHEDULE, alg: 'RS256' as const };
    await advanceRotation(ring.store, ring.sealer, schedule);
    ring.store.nowMs += 60_000;
    await advanceRotation(ring.store, ring.sealer, schedule);
    await ring.keyring.sync(3);
    expect(ring.keyring.view().active.alg).to.equal('RS256');
  });

  it('keeps every living token good through 20 rotations, in two processes', async () => {
    const ring = await testKeyring();
    const { store, sealer } = ring;
    const options = { issuer: ISSUER, cacheEntries: 1000 };
    const keyrings = [ring.keyring, createKeyring(store, sealer)] as const;
    await keyrings[1].ensure('ES256');
    const [signers, verifiers] = [
      keyrings.map((keyring) => createTokenSigner(keyring, options)),
      keyrings.map((keyring) => createTokenVerifier(keyring, options)),
    ];
    const living: { token: string; expiresAtMs: number }[] = [];
    const kids = new Set<string>();
    for (let turn = 0; turn < 60; turn++) {
      await requestKeyRotation(store, SERVICE_ITSELF);
      await advanceRotation(store, sealer, SCHEDULE);
      await keyrings[turn % 2]?.sync(store.document?.generation ?? 0); // one at a time: the other is behind
      for (const signer of signers) {
        const iat = Math.floor(store.nowMs / 1000);
        const { token, kid } = signer.sign(tokenClaims({ iat, exp: iat + 300 }));
        kids.add(kid);
        living.push({ token, expiresAtMs: store.nowMs + 300_000 });
      }
      for (const { token, expiresAtMs } of living) {
        if (expiresAtMs <= store.nowMs) continue;
        for (const verifier of verifiers) expect(verifier.verify(token)).to.not.equal(undefined);
      }
      store.nowMs += 31_000;
    }
    expect(kids.size).to.be.at.least(20);
  });
});

describe('revoking a signing key', () => {
  it('kills its tokens and signs with another at once', async () => {
    const { store, sealer, keyring } = await testKeyring();
    const kid = keyring.view().active.kid;
    const options = { ...SERVICE_ITSELF, alg: 'ES256' as const };
    expect(await revokeSigningKey(store, sealer, kid, options)).to.equal(true);
    expect(await revokeSigningKey(store, sealer, kid, options)).to.equal(false);
    expect(await revokeSigningKey(store, sealer, 'unknown', options)).to.equal(false);
    await keyring.sync(2);
    expect(keyring.view().verifying.has(kid)).to.equal(false);
    expect(keyring.view().active.kid).to.not.equal(kid);
  });

  it('wins against a rotation under way', async () => {
    const { store, sealer, keyring } = await testKeyring();
    const kid = keyring.view().active.kid;
    await requestKeyRotation(store, SERVICE_ITSELF);
    await Promise.all([
      advanceRotation(store, sealer, SCHEDULE),
      revokeSigningKey(store, sealer, kid, { ...SERVICE_ITSELF, alg: 'ES256' }),
    ]);
    await keyring.sync(store.document?.generation ?? 0);
    expect(keyring.view().verifying.has(kid)).to.equal(false);
  });
});
