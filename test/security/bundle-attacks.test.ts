import { expect } from 'chai';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DEFAULT_BUNDLE_LIMITS } from '../../src/policy/bundle/members.js';
import { readBundle, readBundleArchive, type BundleOptions } from '../../src/policy/bundle/read.js';
import { BundleRefused, type RefusalCode } from '../../src/policy/bundle/refused.js';
import { paxRecord, rawEntry, tarOf, type ArchiveEntry } from '../support/bundles/archive.js';
import { until } from '../support/episode.js';

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
const END = Buffer.alloc(1024);
const off: BundleOptions = { verification: 'off' };

async function refusal(attempt: Promise<unknown>): Promise<BundleRefused> {
  try {
    await attempt;
  } catch (error) {
    expect(error).to.be.instanceOf(BundleRefused);
    return error as BundleRefused;
  }
  throw new Error('it was not refused');
}

describe('attacks by a bundle', () => {
  let base: Buffer;
  before(async () => {
    const tar = await tarOf(BASE);
    base = tar.subarray(0, tar.length - END.length);
  });
  const read = (...parts: Buffer[]): Promise<unknown> =>
    readBundleArchive(gzipSync(Buffer.concat([base, ...parts, END])), off);

  it('the control: what the attacks are put into is a good bundle', async () => {
    expect(await read()).to.include({ revision: 'r1' });
    expect(await read(rawEntry('more.txt', 'x'))).to.include({ revision: 'r1' });
    expect(await read(rawEntry('folder/', '', { type: '5' }))).to.include({ revision: 'r1' });
    const long = Buffer.concat([
      rawEntry('././@LongLink', `${'a/'.repeat(60)}b\0`, { type: 'L' }),
      rawEntry('a', 'x'),
    ]);
    expect(await read(long)).to.include({ revision: 'r1' });
    const pax = Buffer.concat([
      rawEntry('x', paxRecord('path', 'ü.txt'), { type: 'x' }),
      rawEntry('a', 'x'),
    ]);
    expect(await read(pax)).to.include({ revision: 'r1' });
  });

  const members: readonly (readonly [string, RefusalCode, Buffer])[] = [
    ['a symbolic link', 'unsafe_member', rawEntry('l', '', { type: '2' })],
    ['a hard link', 'unsafe_member', rawEntry('l', '', { type: '1' })],
    ['a character device', 'unsafe_member', rawEntry('d', '', { type: '3' })],
    ['a block device', 'unsafe_member', rawEntry('d', '', { type: '4' })],
    ['a pipe', 'unsafe_member', rawEntry('d', '', { type: '6' })],
    [
      'a contiguous file, which OPA does not see',
      'unsafe_member',
      rawEntry('d', 'x', { type: '7' }),
    ],
    ['a GNU sparse file', 'unsafe_member', rawEntry('s', 'x', { type: 'S' })],
    ['a type that nobody knows', 'unsafe_member', rawEntry('s', 'x', { type: 'Z' })],
    ['a path that climbs out', 'unsafe_member', rawEntry('../../etc/cron.d/x', 'x')],
    ['a path that climbs in its middle', 'unsafe_member', rawEntry('a/../../x', 'x')],
    ['a folder that climbs out', 'unsafe_member', rawEntry('../x/', '', { type: '5' })],
    [
      'an absolute path below the root that is taken off',
      'unsafe_member',
      rawEntry('//etc/passwd', 'x'),
    ],
    ['a path with a backslash', 'unsafe_member', rawEntry('a\\..\\b', 'x')],
    ['a path with a line break', 'unsafe_member', rawEntry('a\nb', 'x')],
    ['an empty path', 'unsafe_member', rawEntry('', 'x')],
    ['a path of nothing but dots', 'unsafe_member', rawEntry('./.', 'x')],
    ['the same path twice', 'unsafe_member', rawEntry('/data.json', '{"a":1}')],
    ['the same path without its slash', 'unsafe_member', rawEntry('data.json', '{"a":1}')],
    ['the same path with a dot', 'unsafe_member', rawEntry('./data.json', '{"a":1}')],
    [
      'the same path by a GNU long name',
      'unsafe_member',
      Buffer.concat([rawEntry('././@LongLink', 'data.json\0', { type: 'L' }), rawEntry('z', '1')]),
    ],
    [
      'the same path by a pax header',
      'unsafe_member',
      Buffer.concat([
        rawEntry('x', paxRecord('path', 'data.json'), { type: 'x' }),
        rawEntry('z', '1'),
      ]),
    ],
    [
      'a pax header that climbs out',
      'unsafe_member',
      Buffer.concat([rawEntry('x', paxRecord('path', '../x'), { type: 'x' }), rawEntry('z', '1')]),
    ],
    [
      'a pax header with a size of its own',
      'unsafe_member',
      Buffer.concat([rawEntry('x', paxRecord('size', '0'), { type: 'x' }), rawEntry('z', '')]),
    ],
    [
      'a sparse file by a pax header',
      'unsafe_member',
      Buffer.concat([
        rawEntry('x', paxRecord('GNU.sparse.realsize', '9'), { type: 'x' }),
        rawEntry('z', 'x'),
      ]),
    ],
    [
      'a pax header for all entries',
      'unsafe_member',
      Buffer.concat([
        rawEntry('g', paxRecord('path', 'data.json'), { type: 'g' }),
        rawEntry('z', 'x'),
      ]),
    ],
    ['a second manifest below', 'manifest_invalid', rawEntry('f/.manifest', '{}')],
    ['a second manifest in another form', 'manifest_invalid', rawEntry('.manifest.pb', 'x')],
    ['a delta below', 'manifest_invalid', rawEntry('f/patch.json', '{"data":[]}')],
    ['a size below nothing', 'unreadable', rawEntry('n', 'x', { size: '-0000000001\0' })],
    ['a size that is no number', 'unreadable', rawEntry('n', 'x', { size: 'zzzzzzzzzzz\0' })],
    ['a size of 8 GiB', 'over_limit', rawEntry('n', 'x', { size: '77777777777\0' })],
    [
      'a size beyond every number',
      'over_limit',
      rawEntry('n', 'x', { size: `\x80${'\xff'.repeat(11)}` }),
    ],
    [
      'a long name that is longer than the archive',
      'unreadable',
      rawEntry('././@LongLink', 'x', { type: 'L', size: 100_000 }),
    ],
    ['an entry after the end', 'unreadable', Buffer.concat([END, rawEntry('hidden', 'x')])],
    ['bytes after the end', 'unreadable', Buffer.concat([END, Buffer.alloc(512, 1)])],
    [
      'a pax header after the last entry',
      'unreadable',
      rawEntry('x', paxRecord('path', 'data.json'), { type: 'x' }),
    ],
    ['a header whose sum is wrong', 'unreadable', Buffer.alloc(512, 7)],
  ];
  for (const [what, code, entry] of members) {
    it(`refuses ${what}`, async () => {
      expect(await refusal(read(entry))).to.include({ code });
    });
  }

  it('A and a are two files, as they are to OPA', async () => {
    expect(await read(rawEntry('DATA.JSON', 'x'))).to.include({ revision: 'r1' });
  });

  it('refuses every archive that is cut short, wherever it is', async () => {
    const whole = gzipSync(Buffer.concat([base, END]));
    for (let length = 0; length < whole.length; length++) {
      await refusal(readBundleArchive(whole.subarray(0, length), off));
    }
    for (let length = 0; length <= base.length; length += 256) {
      await refusal(readBundleArchive(gzipSync(base.subarray(0, length)), off));
    }
  });

  it('refuses bytes after the gzip, also zeros and a second archive', async () => {
    const whole = gzipSync(Buffer.concat([base, END]));
    const second = gzipSync(Buffer.concat([rawEntry('hidden', 'x'), END]));
    for (const more of [
      Buffer.alloc(1),
      Buffer.alloc(512),
      Buffer.from('x'),
      second,
      second.subarray(0, 5),
    ]) {
      const { code } = await refusal(readBundleArchive(Buffer.concat([whole, more]), off));
      expect(code).to.equal('unreadable');
    }
  });

  it('a gzip bomb ends at the limit, and takes no more memory than that', async () => {
    const part = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    // 1 GiB of zeros in 1 MiB, as members of one gzip, of which only the first is unpacked.
    const members = Buffer.concat(Array.from({ length: 16 }, () => part));
    const one = gzipSync(Buffer.alloc(512 * 1024 * 1024));
    for (const [bomb, code] of [
      [members, 'unreadable'],
      [one, 'over_limit'],
    ] as const) {
      expect(bomb.length).to.be.below(DEFAULT_BUNDLE_LIMITS.compressedBytes);
      const before = process.memoryUsage().rss;
      expect(await refusal(readBundleArchive(bomb, off))).to.include({ code });
      expect(process.memoryUsage().rss - before).to.be.below(400 * 1024 * 1024);
    }
  });

  it('a hundred thousand empty entries end at the limit', async () => {
    const many = Array.from({ length: 100_000 }, (_, i) => rawEntry(`e${String(i)}`, ''));
    const error = await refusal(
      readBundleArchive(gzipSync(Buffer.concat([base, ...many, END])), off),
    );
    expect(error).to.include({ code: 'over_limit' });
  });

  it('refuses documents that would cost: depth, and a long row of them', async () => {
    const deep = '['.repeat(100_000);
    const data = (text: string): Promise<unknown> =>
      tarOf([...BASE.filter(([name]) => name !== '/data.json'), ['/data.json', text]]).then((tar) =>
        readBundleArchive(gzipSync(tar), off),
      );
    for (const text of [deep, `{"a":${deep}${']'.repeat(100_000)}}`, `{"a":${deep}`]) {
      expect(await refusal(data(text))).to.include({ code: 'data_invalid' });
    }
  });

  it('a document with __proto__ in it changes no object but its own', async () => {
    const text = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
    const tar = await tarOf([
      ...BASE.filter(([name]) => name !== '/data.json'),
      ['/data.json', text],
    ]);
    const bundle = await readBundleArchive(gzipSync(tar), off);
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
    expect(Buffer.from(bundle.data).toString()).to.contain('"__proto__"');
  });

  describe('in a folder', () => {
    let dir: string;
    beforeEach(() => {
      dir = mkdtempSync(join(tmpdir(), 'countersign-attack-'));
      for (const [name, content] of BASE) writeFileSync(join(dir, name), content);
    });
    afterEach(() => {
      rmSync(dir, { recursive: true, force: true });
    });

    it('refuses a link to a file, a link to a folder, and a link in the place of a file', async () => {
      for (const target of ['/etc/hostname', '/etc', join(dir, 'data.json')]) {
        symlinkSync(target, join(dir, 'l'));
        expect(await refusal(readBundle(dir, off))).to.include({ code: 'unsafe_member' });
        rmSync(join(dir, 'l'));
      }
    });

    it('refuses folders without end', async () => {
      mkdirSync(join(dir, 'd/'.repeat(200)), { recursive: true });
      expect(await refusal(readBundle(dir, off))).to.include({ code: 'over_limit' });
    });
  });

  it('leaves nothing behind: no file, no handle', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'countersign-attack-'));
    const { TMPDIR } = process.env;
    process.env['TMPDIR'] = scratch;
    try {
      const open = handles();
      for (const [, , entry] of members) await refusal(read(entry));
      expect(readdirSync(scratch)).to.deep.equal([]);
      await until('the handles are closed', () => handles() <= open);
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
      rmSync(scratch, { recursive: true });
    }
  });
});

/** Open files of this process, where the system says so. */
function handles(): number {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0;
}
