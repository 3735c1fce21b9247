import { expect } from 'chai';
import { gzipSync } from 'node:zlib';
import { CountersignError } from '../../../../src/domain/errors.js';
import { readBundleArchive, type Bundle } from '../../../../src/policy/bundle/read.js';
import { readBundleInThread } from '../../../../src/policy/bundle/read-in-thread.js';
import { BundleRefused } from '../../../../src/policy/bundle/refused.js';
import { verificationOf } from '../../../../src/policy/bundle/signature/keys.js';
import { tarOf, type ArchiveEntry } from '../../../support/bundles/archive.js';

const MANIFEST = {
  revision: 'r1',
  wasm: [{ entrypoint: 'countersign/decision', module: '/policy.wasm' }],
  metadata: { 'countersign.opa_version': '1.22.2', 'countersign.sequence': 3 },
};
const off = { verification: 'off' } as const;
/** More than is read without a thread. */
const LARGE = JSON.stringify({ people: Array.from({ length: 20_000 }, (_, n) => `person-${n}`) });

describe('reading a bundle in a thread', function () {
  this.timeout(60_000);

  async function archive(data: string, more: readonly ArchiveEntry[] = []): Promise<Buffer> {
    const entries: readonly ArchiveEntry[] = [
      ['/.manifest', JSON.stringify(MANIFEST)],
      ['/data.json', data],
      ['/policy.wasm', '\0asm'],
      ['/sources/countersign/policy.rego.txt', 'package countersign'],
      ...more,
    ];
    return gzipSync(await tarOf(entries));
  }

  /** Bytes are compared as bytes, whatever holds them. */
  function plain(bundle: Bundle): object {
    const texts = (files: ReadonlyMap<string, Uint8Array>): object =>
      Object.fromEntries([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]));
    const { data, modules, files, sources, cases, ...rest } = bundle;
    return {
      ...rest,
      data: Buffer.from(data).toString(),
      modules: [...modules].map(([name, { original, metered }]) => [
        name,
        Buffer.from(original).toString(),
        metered.ok,
      ]),
      files: texts(files),
      sources: Object.fromEntries(sources),
      cases: Object.fromEntries(cases),
    };
  }

  async function refusal(bundle: Promise<unknown>): Promise<BundleRefused> {
    try {
      await bundle;
    } catch (error) {
      expect(error).to.be.instanceOf(BundleRefused);
      return error as BundleRefused;
    }
    throw new Error('it was not refused');
  }

  for (const [what, data] of [
    ['small', '{"a":1}'],
    ['large', LARGE],
  ] as const) {
    it(`gives a ${what} bundle as reading it here does`, async () => {
      const bytes = await archive(data);
      const bundle = await readBundleInThread(bytes, off);
      expect(plain(bundle)).to.deep.equal(plain(await readBundleArchive(bytes, off)));
      expect(bundle.files.get('data.json')).to.be.instanceOf(Buffer);
    });
  }

  it('refuses a large bundle with the code and the problems that reading it here gives', async () => {
    const bytes = await archive(LARGE, [
      ['/a/data.json', '1'],
      ['/a/b/data.json', '2'],
    ]);
    const here = await refusal(readBundleArchive(bytes, off));
    const there = await refusal(readBundleInThread(bytes, off));
    expect(there.code).to.equal('data_invalid');
    expect([there.code, there.problems]).to.deep.equal([here.code, here.problems]);
  });

  it('verifies there with the keys of here', async () => {
    const secret = 'a secret of sufficient length, thirty-two';
    const verification = verificationOf([{ id: 'k', alg: 'HS256', key: secret }]);
    const bytes = await archive(LARGE);
    expect((await refusal(readBundleInThread(bytes, { verification }))).code).to.equal(
      'signature_required',
    );
  });

  it('is a 503 and no refusal when the thread does not get to its end, and goes well the next time', async () => {
    const bytes = await archive(LARGE);
    const late = await readBundleInThread(bytes, off, { deadlineMs: 1, heapMiB: 64 }).catch(
      (error: unknown) => error,
    );
    expect(late).to.be.instanceOf(CountersignError);
    expect(late).to.have.property('code', 'temporarily_unavailable');
    expect((await readBundleInThread(bytes, off)).revision).to.equal('r1');
  });

  it('lets the loop turn while megabytes of data are read', async () => {
    const people = Array.from(
      { length: 60_000 },
      (_, n) => `"p${n}":{"n":${n},"t":["a","b","${n}"]}`,
    );
    const bytes = await archive(`{${people.join(',')}}`);
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 1);
    await readBundleInThread(bytes, off);
    const inThread = turns;
    turns = 0;
    await readBundleArchive(bytes, off);
    clearInterval(counting);
    // Here only unpacking, which Node itself does elsewhere, lets anybody in.
    expect(inThread).to.be.greaterThan(3 * turns);
  });

  it('has room for the node, however many reads callers wait for', async () => {
    const bytes = await archive('{}');
    const asked = Array.from({ length: 17 }, () =>
      readBundleInThread(bytes, off, undefined, 'caller').then(
        () => 'read',
        () => 'refused',
      ),
    );
    const own = await readBundleInThread(bytes, off);
    expect(own.revision).to.equal('r1');
    const ends = await Promise.all(asked);
    expect(ends.filter((end) => end === 'read')).to.have.length(9);
  });
});
