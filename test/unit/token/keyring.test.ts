import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import type { KeyRecord, KeyringDocument } from '../../../src/domain/token.js';
import { resealKeyring } from '../../../src/token/change-keyring.js';
import { jwks, jwksCacheControl } from '../../../src/token/jwks.js';
import { createKeyring } from '../../../src/token/keyring.js';
import { createSealer } from '../../../src/token/sealer.js';
import { generateSigningKey, thumbprint } from '../../../src/token/signing-key.js';
import { memoryKeyringStore } from '../../support/memory-keyring-store.js';
import { testKeyring } from '../../support/tokens.js';

async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: unknown) => String(error),
  );
}

describe('keyring', () => {
  it('makes the first key, active at once, and says so in the audit', async () => {
    const { keyring, store } = await testKeyring();
    const { active, generation } = keyring.view();
    expect(generation).to.equal(1);
    expect(store.events.map(({ type, kid }) => [type, kid])).to.deep.equal([
      ['key.published', active.kid],
      ['key.activated', active.kid],
    ]);
    expect(JSON.stringify(store.events)).to.not.include('sealed');
  });

  it('ends with one key when many processes start at once', async () => {
    const store = memoryKeyringStore();
    const sealer = createSealer(randomBytes(32));
    const keyrings = Array.from({ length: 5 }, () => createKeyring(store, sealer));
    await Promise.all(keyrings.map((keyring) => keyring.ensure('ES256')));
    expect(new Set(keyrings.map((keyring) => keyring.view().active.kid)).size).to.equal(1);
    expect(store.document?.keys).to.have.length(1);
    expect(store.events).to.have.length(2);
  });

  it('keeps an existing keyring', async () => {
    const { keyring, store, sealer } = await testKeyring();
    const second = createKeyring(store, sealer);
    await second.ensure('RS256');
    expect(second.view().active.kid).to.equal(keyring.view().active.kid);
  });

  it('creates a lost keyring above every generation of the store', async () => {
    const { store } = await testKeyring();
    store.generation = 7;
    store.document = undefined;
    const sealer = createSealer(randomBytes(32));
    const second = createKeyring(store, sealer);
    await second.ensure('ES256');
    expect(second.view().generation).to.equal(8);
    expect(await second.sync(7)).to.equal(true);
  });

  it('creates no keyring while the generations cannot be read', async () => {
    const store = memoryKeyringStore();
    store.highestGeneration = () => Promise.reject(new Error('away'));
    const keyring = createKeyring(store, createSealer(randomBytes(32)));
    expect(await failure(keyring.ensure('ES256'))).to.include('away');
    expect(store.document).to.equal(undefined);
  });

  it('answers nothing before it was read', () => {
    const keyring = createKeyring(memoryKeyringStore(), createSealer(randomBytes(32)));
    expect(() => keyring.view()).to.throw(/not read yet/);
  });

  it('reads the store only for a newer generation, once for all concurrent requests', async () => {
    const { keyring, store } = await testKeyring();
    store.reads = 0;
    expect(await keyring.sync(1)).to.equal(true);
    expect(await keyring.sync(0)).to.equal(true);
    expect(store.reads).to.equal(0);
    if (store.document) store.document = { ...store.document, generation: 2 };
    const asked = await Promise.all(Array.from({ length: 20 }, () => keyring.sync(2)));
    expect(asked).to.deep.equal(asked.map(() => false));
    expect(store.reads).to.equal(1);
    expect(keyring.view().generation).to.equal(2);
  });

  it('reads again when the read under way began too early', async () => {
    const { keyring, store } = await testKeyring();
    const old = await store.read();
    if (!old) throw new Error('no keyring');
    let release = (): void => undefined;
    const early = new Promise<KeyringDocument>((resolve) => {
      release = () => {
        resolve({ ...old, generation: 2 });
      };
    });
    const reads = [early, Promise.resolve({ ...old, generation: 3 })];
    store.read = () => reads.shift() ?? Promise.reject(new Error('one read too many'));
    const asked = [keyring.sync(2), keyring.sync(3), keyring.sync(3)];
    release();
    expect(await Promise.all(asked)).to.deep.equal([false, false, false]);
    expect(keyring.view().generation).to.equal(3);
  });

  it('refreshes to what the store has after it was asked, without a generation', async () => {
    const { keyring, store } = await testKeyring();
    const old = await store.read();
    if (!old) throw new Error('no keyring');
    let release = (): void => undefined;
    const early = new Promise<KeyringDocument>((resolve) => {
      release = () => {
        resolve(old);
      };
    });
    const reads = [early, Promise.resolve({ ...old, generation: 2 })];
    store.read = () => reads.shift() ?? Promise.reject(new Error('one read too many'));
    const asked = [keyring.sync(2), keyring.refresh(), keyring.refresh()];
    release();
    await Promise.all(asked);
    expect(keyring.view().generation).to.equal(2);
  });

  it('refuses to refresh when the store has no keyring', async () => {
    const { keyring, store } = await testKeyring();
    store.document = undefined;
    expect(await failure(keyring.refresh())).to.include('not created yet');
  });

  it('reads again after a read that failed', async () => {
    const { keyring, store } = await testKeyring();
    const read = store.read.bind(store);
    store.read = () => Promise.reject(new Error('away'));
    expect(await failure(keyring.sync(2))).to.include('away');
    store.read = read;
    if (store.document) store.document = { ...store.document, generation: 2 };
    expect(await keyring.sync(2)).to.equal(false);
  });

  it('refuses to go on when the store has no such generation', async () => {
    const { keyring } = await testKeyring();
    expect(await failure(keyring.sync(9))).to.include('no generation 9');
    expect(keyring.view().generation).to.equal(1);
  });

  it('never goes back to an older keyring', async () => {
    const { keyring, store } = await testKeyring();
    const first = store.document;
    if (first) store.document = { ...first, generation: 5 };
    await keyring.sync(5);
    store.document = first;
    expect(await failure(keyring.sync(6))).to.include('no generation 6');
    expect(keyring.view().generation).to.equal(5);
  });

  it('tells each generation it takes up', async () => {
    const { store, sealer } = await testKeyring();
    const seen: number[] = [];
    const keyring = createKeyring(store, sealer, { generationObserved: (g) => seen.push(g) });
    await keyring.ensure('ES256');
    if (store.document) store.document = { ...store.document, generation: 2 };
    await keyring.sync(2);
    expect(seen).to.deep.equal([1, 2]);
  });
});

describe('keys that somebody wrote into the store', () => {
  async function refusal(change: (key: KeyRecord) => Partial<KeyRecord>): Promise<string> {
    const { store, sealer } = await testKeyring();
    const [key] = store.document?.keys ?? [];
    if (!key) throw new Error('no key');
    store.document = { generation: 2, keys: [{ ...key, ...change(key) }] };
    return failure(createKeyring(store, sealer).sync(2));
  }

  it('control: the unchanged record opens', async () => {
    expect(await refusal(() => ({}))).to.equal('no error');
  });

  it('refuses a private key that was sealed by another service', async () => {
    const theirs = await generateSigningKey('ES256', createSealer(randomBytes(32)), 1);
    expect(await refusal(() => theirs)).to.include('unknown key-encryption key');
  });

  it('refuses a key without its private half', async () => {
    const { store, sealer } = await testKeyring();
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = publicKey.export({ format: 'jwk' });
    const theirs: KeyRecord = {
      kid: thumbprint(jwk),
      alg: 'ES256',
      state: 'previous',
      public_jwk: { ...jwk },
      published_at_ms: 1,
    };
    store.document = { generation: 2, keys: [...(store.document?.keys ?? []), theirs] };
    expect(await failure(createKeyring(store, sealer).sync(2))).to.include('no private key');
  });

  it('refuses our sealed key under another kid', async () => {
    expect(await refusal(() => ({ kid: 'x'.repeat(43) }))).to.include('tampered');
  });

  it('refuses another private key sealed for our kid', async () => {
    const { store, sealer } = await testKeyring();
    const [key] = store.document?.keys ?? [];
    if (!key) throw new Error('no key');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const sealed = sealer.seal(privateKey.export({ format: 'der', type: 'pkcs8' }), key.kid);
    store.document = { generation: 2, keys: [{ ...key, sealed_private_key: sealed }] };
    expect(await failure(createKeyring(store, sealer).sync(2))).to.include('another key');
  });

  it('refuses our key under another algorithm', async () => {
    expect(await refusal(() => ({ alg: 'RS256' }))).to.include('not one for RS256');
  });

  it('publishes and verifies by the sealed key, whatever the public member says', async () => {
    const { store, sealer, keyring } = await testKeyring();
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const [key] = store.document?.keys ?? [];
    if (!key) throw new Error('no key');
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: key.kid };
    store.document = { generation: 2, keys: [{ ...key, public_jwk: jwk }] };
    const second = createKeyring(store, sealer);
    await second.sync(2);
    expect(jwks(second.view())).to.deep.equal(jwks(keyring.view()));
  });

  it('refuses a keyring with no active key or two', async () => {
    expect(await refusal(() => ({ state: 'previous' }))).to.include('0 active keys');
    const { store, sealer } = await testKeyring();
    const second = { ...(await generateSigningKey('ES256', sealer, 1)), state: 'active' } as const;
    store.document = { generation: 2, keys: [...(store.document?.keys ?? []), second] };
    expect(await failure(createKeyring(store, sealer).sync(2))).to.include('2 active keys');
  });
});

describe('key set', () => {
  it('has the RFC 7638 thumbprint of the example in section 3.1', () => {
    const n =
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw';
    const jwk = { kty: 'RSA', n, e: 'AQAB', alg: 'RS256', kid: '2011-04-29' };
    expect(thumbprint(jwk)).to.equal('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
  });

  it('shows published keys, oldest first, with public members alone', async () => {
    const { store, sealer, keyring } = await testKeyring();
    const [first] = store.document?.keys ?? [];
    if (!first) throw new Error('no key');
    const make = async (state: KeyRecord['state'], nowMs: number): Promise<KeyRecord> => ({
      ...(await generateSigningKey(nowMs % 2 ? 'RS256' : 'ES256', sealer, nowMs)),
      state,
    });
    const next = await make('next', first.published_at_ms + 1);
    const previous = await make('previous', first.published_at_ms - 2);
    const revoked = await make('revoked', 4);
    const retired = await make('retired', 2);
    store.document = { generation: 2, keys: [next, revoked, first, retired, previous] };
    await keyring.sync(2);
    const { keys } = jwks(keyring.view());
    expect(keys.map((key) => key['kid'])).to.deep.equal([previous.kid, first.kid, next.kid]);
    for (const key of keys) {
      const members = key.kty === 'EC' ? ['crv', 'x', 'y'] : ['e', 'n'];
      expect(key).to.have.all.keys('kty', 'use', 'alg', 'kid', ...members);
      expect(key).to.include({ use: 'sig', kid: thumbprint(key) });
    }
    expect([...keyring.view().verifying.keys()]).to.have.members(keys.map((key) => key['kid']));
  });

  it('may be cached as long as configured', () => {
    expect(jwksCacheControl(300)).to.equal('public, max-age=300');
  });
});

describe('replacing the key-encryption key', () => {
  it('seals every key again, after which the old one is not needed', async () => {
    const oldKek = randomBytes(32);
    const newKek = randomBytes(32);
    const store = memoryKeyringStore();
    await createKeyring(store, createSealer(oldKek)).ensure('ES256');
    const both = createSealer(newKek, oldKek);
    const before = createKeyring(store, both);
    await before.ensure('ES256');
    expect(await resealKeyring(store, both)).to.equal(true);
    expect(await resealKeyring(store, both)).to.equal(false);
    const after = createKeyring(store, createSealer(newKek));
    await after.ensure('ES256');
    expect(after.view().active.kid).to.equal(before.view().active.kid);
    expect(await failure(createKeyring(store, createSealer(oldKek)).ensure('ES256'))).to.include(
      'unknown key-encryption key',
    );
  });
});
