import { expect } from 'chai';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packArchive } from '../../../../../src/policy/bundle/pack.js';
import {
  readBundle,
  readBundleArchive,
  type Bundle,
} from '../../../../../src/policy/bundle/read.js';
import { BundleRefused } from '../../../../../src/policy/bundle/refused.js';
import {
  verificationOf,
  type Verification,
} from '../../../../../src/policy/bundle/signature/keys.js';
import { archiveOf, type ArchiveEntry } from '../../../../support/bundles/archive.js';
import { BundleServer } from '../../../../support/bundles/bundle-server.js';
import { filesOf, opaSign, signingKey, tokenOf } from '../../../../support/bundles/signing.js';
import { sourceOf } from '../../source/harness.js';

const key = signingKey('ES256');
const MANIFEST = {
  revision: 'r1',
  wasm: [{ entrypoint: 'countersign/decision', module: '/policy.wasm' }],
  metadata: { 'countersign.opa_version': '1.22.2', 'countersign.sequence': 3 },
};
const MEMBERS: readonly ArchiveEntry[] = [
  ['/.manifest', JSON.stringify(MANIFEST)],
  ['/data.json', '{ "a": 1e2 }'],
  ['/f/data.json', '[1.0]'],
  ['/policy.wasm', '\0asm'],
];
const verification: Verification = verificationOf(
  [{ id: 'k', alg: 'ES256', key: key.public }],
  'k',
);

async function signed(entries = MEMBERS): Promise<ArchiveEntry[]> {
  return [...entries, ['/.signatures.json', await opaSign(entries, key)]];
}

async function refusal(attempt: Promise<unknown>): Promise<BundleRefused> {
  try {
    await attempt;
  } catch (error) {
    expect(error).to.be.instanceOf(BundleRefused);
    return error as BundleRefused;
  }
  throw new Error('it was not refused');
}

describe('a bundle that must be signed', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'countersign-verify-'))));
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });
  const read = async (entries: readonly ArchiveEntry[]): Promise<Bundle> =>
    readBundleArchive(await archiveOf(entries), { verification });
  const unpack = (entries: readonly ArchiveEntry[]): string => {
    for (const [name, content] of entries) {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), content);
    }
    return dir;
  };

  it('returns the signer, and none when no signature is required', async () => {
    expect(await read(await signed())).to.include({ signedBy: 'k', sequence: 3 });
    const unasked = await readBundleArchive(await archiveOf(await signed()), {
      verification: 'off',
    });
    expect(unasked.signedBy).to.equal(undefined);
  });

  it('is refused without a signature, and as a delta', async () => {
    expect(await refusal(read(MEMBERS))).to.include({ code: 'signature_required' });
    const delta: ArchiveEntry = ['/patch.json', '{"data":[]}'];
    expect(await refusal(read([...(await signed()), delta]))).to.include({
      code: 'manifest_invalid',
    });
  });

  it('is refused without a sequence: it could be an old one', async () => {
    const metadata = { 'countersign.opa_version': '1.22.2' };
    const entries = MEMBERS.map((e): ArchiveEntry =>
      e[0] === '/.manifest' ? [e[0], JSON.stringify({ ...MANIFEST, metadata })] : e,
    );
    const error = await refusal(read(await signed(entries)));
    expect(error).to.include({ code: 'manifest_invalid' });
    expect(error.message).to.contain('countersign.sequence');
  });

  it('lists every file that is wrong, by name', async () => {
    const entries = (await signed()).map((e): ArchiveEntry =>
      e[0] === '/policy.wasm' ? [e[0], '\0asn'] : e,
    );
    const error = await refusal(
      read([...entries.filter(([name]) => name !== '/f/data.json'), ['/z', '']]),
    );
    expect(error.code).to.equal('signature_invalid');
    expect(error.problems).to.deep.equal([
      'policy.wasm differs from the signed file',
      'z is not in the signature',
      'f/data.json was signed and is missing',
    ]);
  });

  it('holds in a folder, too: every file, and no other', async () => {
    const root = unpack(await signed());
    expect(await readBundle(root, { verification })).to.include({ signedBy: 'k' });
    writeFileSync(join(root, 'f/data.json'), ' [ 1.0 ]');
    expect(await readBundle(root, { verification })).to.include({ signedBy: 'k' });
    writeFileSync(join(root, 'f/data.json'), '[1]');
    expect(await refusal(readBundle(root, { verification }))).to.include({
      code: 'signature_invalid',
    });
    writeFileSync(join(root, 'f/data.json'), '[1.0]');
    writeFileSync(join(root, 'f/more'), '');
    expect(await refusal(readBundle(root, { verification }))).to.include({
      code: 'signature_invalid',
    });
  });

  it('still holds after it was packed again', async () => {
    const { files, digest } = await read(await signed());
    const again = await readBundleArchive(await packArchive(files), { verification });
    expect(again).to.include({ signedBy: 'k', digest });
  });

  it('a token of one bundle does not hold for another one', async () => {
    const other = MEMBERS.map((e): ArchiveEntry => (e[0] === '/data.json' ? [e[0], '{"a":2}'] : e));
    const signature = await opaSign(other, key);
    expect(await refusal(read([...MEMBERS, ['/.signatures.json', signature]]))).to.include({
      code: 'signature_invalid',
    });
    expect(await read([...other, ['/.signatures.json', signature]])).to.include({ signedBy: 'k' });
  });

  it('is refused with a signature by a key of the same name and algorithm', async () => {
    const stranger = await opaSign(MEMBERS, signingKey('ES256'));
    const error = await refusal(read([...MEMBERS, ['/.signatures.json', stranger]]));
    expect(error).to.include({ code: 'signature_invalid' });
  });

  it('a key for one algorithm takes no other one, whatever the header says', async () => {
    const files = filesOf(await opaSign(MEMBERS, key));
    const rsa = signingKey('RS256');
    const keys = verificationOf([{ id: 'k', alg: 'PS256', key: rsa.public }], 'k');
    const token = tokenOf({ alg: 'PS256' }, { files }, rsa);
    const archive = await archiveOf([
      ...MEMBERS,
      ['/.signatures.json', JSON.stringify({ signatures: [token] })],
    ]);
    const error = await refusal(readBundleArchive(archive, { verification: keys }));
    expect(error.message).to.contain('PS256');
  });

  it('what is kept on disk is verified again when it is used', async () => {
    const server = await BundleServer.start();
    const attempt = async (): Promise<string> => {
      const { source } = sourceOf(server.url, { keepIn: dir }, { watch: false });
      const outcome = await source.start(async (archive) => {
        await readBundleArchive(archive, { verification });
      });
      await source.close();
      return outcome.activated;
    };
    server.serve(await archiveOf(await signed()));
    expect(await attempt()).to.equal('fresh');
    server.answer = (_, response) => response.writeHead(503).end();
    expect(await attempt()).to.equal('last_good');
    const [file = ''] = readdirSync(dir);
    const entries = await signed();
    writeFileSync(join(dir, file), await archiveOf([...entries, ['/evil/data.json', '{}']]));
    expect(await attempt()).to.equal('nothing');
    await server.close();
  });
});
