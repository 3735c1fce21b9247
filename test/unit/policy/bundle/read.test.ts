import { expect } from 'chai';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DEFAULT_BUNDLE_LIMITS } from '../../../../src/policy/bundle/members.js';
import { readBundle, type Bundle, type BundleOptions } from '../../../../src/policy/bundle/read.js';
import { BundleRefused } from '../../../../src/policy/bundle/refused.js';
import { tarOf, type ArchiveEntry } from '../../../support/bundles/archive.js';

const MANIFEST = {
  revision: 'r1',
  wasm: [{ entrypoint: 'countersign/decision', module: '/policy.wasm' }],
  metadata: { 'countersign.opa_version': '1.22.2' },
};
const BASE: readonly ArchiveEntry[] = [
  ['/.manifest', JSON.stringify(MANIFEST)],
  ['/data.json', '{}'],
  ['/policy.wasm', '\0asm'],
];
const off: BundleOptions = { verification: 'off' };

describe('reading a bundle', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'countersign-read-'))));
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  async function archive(entries: readonly ArchiveEntry[], options = off): Promise<Bundle> {
    const file = join(dir, 'bundle.tar.gz');
    writeFileSync(file, gzipSync(await tarOf(entries)));
    return readBundle(file, options);
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

  function folder(files: Readonly<Record<string, string | Buffer>>): string {
    const root = join(dir, 'bundle');
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    return root;
  }

  it('reads an archive and a folder of equal files as one bundle', async () => {
    const fromArchive = await archive(BASE);
    const root = folder(
      Object.fromEntries(BASE.map(([name, content]) => [name.slice(1), content])),
    );
    const fromFolder = await readBundle(root, off);
    expect(fromFolder).to.deep.equal(fromArchive);
    expect(fromArchive).to.include({ revision: 'r1', opaVersion: '1.22.2' });
    expect(fromArchive.digest).to.match(/^sha256:[0-9a-f]{64}$/);
  });

  for (const [what, given, read] of [
    [
      'spaces, order and doubles',
      ' {"b": 1.50, "a": 1, "a": [true, null]}\n',
      '{"b":1.5,"a":[true,null]}',
    ],
    [
      'digits a double has not',
      '{"a":12345678901234567890,"b":1}',
      '{"a":12345678901234567890,"b":1}',
    ],
    ['a member named __proto__', '{"__proto__":{"x":1}}', '{"__proto__":{"x":1}}'],
    ['a lone surrogate', '{"a":"\\ud800"}', '{"a":"\\ud800"}'],
  ] as const) {
    it(`reads ${what} alike in one file at the root and in one in a folder`, async () => {
      const rest = BASE.filter(([name]) => name !== '/data.json');
      const textOf = async (path: string, text: string): Promise<string> =>
        Buffer.from((await archive([...rest, [path, text]])).data).toString();
      expect(await textOf('data.json', given)).to.equal(read);
      expect(await textOf('in/data.json', given)).to.equal(`{"in":${read}}`);
    });
  }

  for (const text of ['{"a":1e999}', `{"a":${'['.repeat(70)}${']'.repeat(70)}}`, '[]', '{"a":}']) {
    it(`refuses ${text.slice(0, 20)} as data, at the root`, async () => {
      const rest = BASE.filter(([name]) => name !== '/data.json');
      const refused = await refusal(archive([...rest, ['data.json', text]]));
      expect(refused.code).to.equal('data_invalid');
    });
  }

  it('puts data.json of folders where their path says, and keeps every digit', async () => {
    const { data } = await archive([
      ...BASE.filter(([name]) => name !== '/data.json'),
      ['data.json', '{"a":{"x":1}}'],
      ['a/b/data.json', '[12345678901234567890]'],
    ]);
    expect(Buffer.from(data).toString()).to.equal('{"a":{"b":[12345678901234567890],"x":1}}');
  });

  const refused: readonly (readonly [string, BundleRefused['code'], readonly ArchiveEntry[]])[] = [
    ['a symbolic link', 'unsafe_member', [...BASE, ['x', '', { type: 'symlink' }]]],
    ['a hard link', 'unsafe_member', [...BASE, ['x', '', { type: 'link' }]]],
    ['a device', 'unsafe_member', [...BASE, ['x', '', { type: 'character-device' }]]],
    ['a path that climbs out', 'unsafe_member', [...BASE, ['a/../../x', '1']]],
    ['an absolute path twice over', 'unsafe_member', [...BASE, ['//etc/x', '1']]],
    ['a backslash', 'unsafe_member', [...BASE, ['a\\b', '1']]],
    ['a member twice', 'unsafe_member', [...BASE, ['/data.json', '{"b":1}']]],
    ['a member twice under two spellings', 'unsafe_member', [...BASE, ['./data.json', '{}']]],
    ['no manifest', 'manifest_invalid', BASE.slice(1)],
    ['a manifest that is not JSON', 'manifest_invalid', [['.manifest', '{'], ...BASE.slice(1)]],
    ['no revision', 'manifest_invalid', [['.manifest', '{"wasm":[]}'], ...BASE.slice(1)]],
    ['a module that is not there', 'wasm_invalid', BASE.slice(0, 2)],
    ['data twice', 'data_invalid', [...BASE, ['a/data.json', '1'], ['a/b/data.json', '1']]],
    ['data as YAML', 'data_invalid', [...BASE, ['a/data.yaml', 'b: 1']]],
    [
      'a byte order mark',
      'manifest_invalid',
      [['.manifest', `\ufeff${JSON.stringify(MANIFEST)}`], ...BASE.slice(1)],
    ],
    ['a byte order mark in data', 'data_invalid', [...BASE, ['a/data.json', '\ufeff1']]],
    ['a delta', 'manifest_invalid', [...BASE, ['patch.json', '{}']]],
  ];
  for (const [what, code, entries] of refused) {
    it(`refuses ${what}`, async () => {
      expect(await refusal(archive(entries))).to.include({ code });
    });
  }

  it('refuses what is over a limit before it is unpacked, and while it is', async () => {
    const limits = (change: object): BundleOptions => ({
      verification: 'off',
      limits: { ...DEFAULT_BUNDLE_LIMITS, ...change },
    });
    const bomb: readonly ArchiveEntry[] = [...BASE, ['zeros', '\0'.repeat(8 * 1024 * 1024)]];
    for (const [change, entries] of [
      [{ compressedBytes: 10 }, BASE],
      [{ unpackedBytes: 1024 * 1024 }, bomb],
      [{ unpackedBytes: 10 }, BASE],
      [{ entries: 2 }, BASE],
      [{ pathChars: 20 }, [...BASE, ['a/'.repeat(20) + 'b', '']]],
    ] as const) {
      expect(await refusal(archive(entries, limits(change)))).to.include({ code: 'over_limit' });
    }
  });

  it('refuses an archive that is cut short, is no archive, or is not there', async () => {
    const whole = gzipSync(await tarOf(BASE));
    const tar = await tarOf(BASE);
    const file = join(dir, 'x.tar.gz');
    for (const bytes of [
      whole.subarray(0, whole.length - 20),
      gzipSync(tar.subarray(0, 700)),
      Buffer.from('no'),
      Buffer.alloc(0),
    ]) {
      writeFileSync(file, bytes);
      const { code } = await refusal(readBundle(file, off));
      expect(['unreadable', 'manifest_invalid', 'wasm_invalid']).to.include(code);
    }
    expect(await refusal(readBundle(join(dir, 'gone'), off))).to.include({ code: 'unreadable' });
  });

  describe('from a mounted ConfigMap', () => {
    const files = Object.fromEntries(BASE.map(([name, content]) => [name.slice(1), content]));
    /** Kubernetes' layout: `..data` leads to a version, and each key is a link through it. */
    function mounted(): string {
      const root = folder(
        Object.fromEntries(
          Object.entries({ ...files, 'roles/data.json': '{"r":1}' }).map(([name, content]) => [
            `..2026_01/${name}`,
            content,
          ]),
        ),
      );
      symlinkSync('..2026_01', join(root, '..data'));
      for (const name of [...Object.keys(files), 'roles']) {
        symlinkSync(`..data/${name}`, join(root, name));
      }
      return root;
    }

    it('reads the current version, as one bundle with a plain folder', async () => {
      const { digest } = await archive([...BASE, ['/roles/data.json', '{"r":1}']]);
      const root = mounted();
      expect((await readBundle(root, off)).digest).to.equal(digest);
      symlinkSync(root, join(dir, 'link'));
      expect((await readBundle(join(dir, 'link'), off)).digest).to.equal(digest);
    });

    it('reads the next version once ..data leads to it', async () => {
      const root = mounted();
      const { digest } = await readBundle(root, off);
      cpSync(join(root, '..2026_01'), join(root, '..2026_02'), { recursive: true });
      writeFileSync(join(root, '..2026_02/data.json'), '{"next":true}');
      symlinkSync('..2026_02', join(root, '..data_tmp'));
      renameSync(join(root, '..data_tmp'), join(root, '..data'));
      const next = await readBundle(root, off);
      expect(next.digest).not.to.equal(digest);
      expect(Buffer.from(next.data).toString()).to.include('next');
    });

    const outside: [string, string][] = [
      ['a file elsewhere', '/etc/hostname'],
      ['a folder elsewhere', '/etc'],
      ['a file beside the version', '../secret.json'],
      ['another version', '..2026_00/data.json'],
      ['the folder', '.'],
      ['the version itself', '..data'],
    ];
    for (const [what, target] of outside) {
      it(`refuses a key that leads to ${what}`, async () => {
        const root = mounted();
        writeFileSync(join(dir, 'secret.json'), '{}');
        folder({ '..2026_00/data.json': '{}' });
        symlinkSync(target, join(root, 'extra.json'));
        expect(await refusal(readBundle(root, off))).to.include({ code: 'unsafe_member' });
      });
    }

    it('refuses a version outside the folder, and a version that holds a link', async () => {
      const root = mounted();
      symlinkSync('data.json', join(root, '..2026_01/roles/l.json'));
      expect(await refusal(readBundle(root, off))).to.include({ code: 'unsafe_member' });
      const other = join(dir, 'other');
      mkdirSync(other);
      symlinkSync(join(root, '..2026_01'), join(other, '..data'));
      expect(await refusal(readBundle(other, off))).to.include({ code: 'unsafe_member' });
    });

    it('refuses a key whose name is that of the version with more behind it', async () => {
      const root = mounted();
      folder({ '..2026_01x/data.json': '{}' });
      symlinkSync('..2026_01x/data.json', join(root, 'extra.json'));
      expect(await refusal(readBundle(root, off))).to.include({ code: 'unsafe_member' });
    });
  });

  it('refuses a link in a folder', async () => {
    const root = folder(
      Object.fromEntries(BASE.map(([name, content]) => [name.slice(1), content])),
    );
    symlinkSync('/etc/hostname', join(root, 'extra.json'));
    expect(await refusal(readBundle(root, off))).to.include({ code: 'unsafe_member' });
  });
});
