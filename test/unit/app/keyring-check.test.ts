import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { keyringCheck } from '../../../src/app/keyring-check.js';
import { createKeyring } from '../../../src/token/keyring.js';
import { createSealer } from '../../../src/token/sealer.js';
import { testKeyring } from '../../support/tokens.js';

describe('the readiness of the keyring', () => {
  /** A node, and a keyring that a process with another key-encryption key wrote as generation 2. */
  async function apart() {
    const { keyring, store } = await testKeyring();
    const own = structuredClone(store.document);
    const foreign = createKeyring(store, createSealer(randomBytes(32)));
    store.document = undefined;
    await foreign.ensure('ES256');
    return { keyring, store, own };
  }

  it('fails while the store has a keyring that this node cannot open', async () => {
    const { keyring, store, own } = await apart();
    const { ok, detail } = await keyringCheck(keyring).check();
    expect(ok).to.equal(false);
    expect(detail).to.match(/^the keyring of the store is not in use: .*key-encryption key/);
    expect(await keyring.sync(2).catch(String)).to.match(/temporarily_unavailable/);

    if (own) store.document = { ...own, generation: 3 };
    expect(await keyringCheck(keyring).check()).to.deep.equal({
      ok: true,
      detail: keyring.view().active.kid,
    });
  });

  it('fails while a shard has a generation that the store has not', async () => {
    const { keyring } = await testKeyring();
    await keyring.sync(2).catch(() => undefined);
    const { ok, detail } = await keyringCheck(keyring).check();
    expect(ok).to.equal(false);
    expect(detail).to.match(/the store has no generation 2/);
  });

  it('passes while the store cannot be read: the keys in memory sign', async () => {
    const { keyring, store } = await testKeyring();
    store.read = () => Promise.reject(new Error('away'));
    expect((await keyringCheck(keyring).check()).ok).to.equal(true);
    await keyring.sync(2).catch(() => undefined);
    expect((await keyringCheck(keyring).check()).detail).to.match(/away/);
  });
});
