import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_BUNDLE_LIMITS } from '../../../../src/policy/bundle/members.js';
import { PathFetcher } from '../../../../src/policy/source/path.js';
import { createBundleSource } from '../../../../src/policy/source/create.js';
import type { BundleSource } from '../../../../src/policy/source/source.js';
import { readBundleArchive, type Bundle } from '../../../../src/policy/bundle/read.js';
import { until } from '../../../support/episode.js';
import { bundle, Taker } from './harness.js';

describe('bundles from a path', () => {
  let dir: string;
  let path: string;
  let taker: Taker;
  let source: BundleSource;
  const problems: string[] = [];
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-path-'));
    path = join(dir, 'bundle.tar.gz');
    taker = new Taker();
    problems.length = 0;
    source = createBundleSource(
      { path, intervalMs: 3 },
      { onProblem: ({ message }) => problems.push(message) },
    );
  });
  afterEach(async () => {
    await source.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const place = (revision: string): void => {
    writeFileSync(`${path}.new`, bundle(revision));
    renameSync(`${path}.new`, path);
  };

  it('brings an archive, and the one that takes its place', async () => {
    place('one');
    expect(await source.start(taker.take)).to.deep.equal({ activated: 'fresh' });
    place('two');
    await until('the second one was taken', () => taker.taken.length === 2);
    expect(taker.taken).to.deep.equal(['one', 'two']);
  });

  it('brings a folder as an archive of its files', async () => {
    place('one');
    const { files, digest } = await readBundleArchive(bundle('one'), { verification: 'off' });
    rmSync(path);
    for (const [name, content] of files) {
      mkdirSync(join(path, name, '..'), { recursive: true });
      writeFileSync(join(path, name), content);
    }
    let brought = '';
    await source.start(async (archive) => {
      brought = (await readBundleArchive(archive, { verification: 'off' })).digest;
    });
    expect(brought).to.equal(digest);
  });

  it('brings a mounted ConfigMap, and the version that takes its place', async () => {
    const off = { verification: 'off' } as const;
    const [one, two] = [
      await readBundleArchive(bundle('one'), off),
      await readBundleArchive(bundle('two'), off),
    ];
    const mount = ({ revision, files }: Bundle): void => {
      for (const [name, content] of files) {
        mkdirSync(join(path, `..${revision}`, name, '..'), { recursive: true });
        writeFileSync(join(path, `..${revision}`, name), content);
      }
      for (const key of readdirSync(join(path, `..${revision}`))) {
        rmSync(join(path, key), { force: true });
        symlinkSync(join('..data', key), join(path, key));
      }
      symlinkSync(`..${revision}`, join(path, '..data_tmp'));
      renameSync(join(path, '..data_tmp'), join(path, '..data'));
    };
    mount(one);
    await source.start(taker.take);
    mount(two);
    rmSync(join(path, '..one'), { recursive: true });
    await until('the second one was taken', () => taker.taken.length === 2);
    expect(taker.taken).to.deep.equal(['one', 'two']);
  });

  it('tells a refused file once, and brings the next', async () => {
    place('one');
    await source.start(taker.take);
    writeFileSync(path, 'broken');
    await until('it was told', () => problems.length === 1);
    rmSync(path);
    await until(
      'it is gone',
      () => source.status().last_error?.message.includes('cannot be read') === true,
    );
    place('three');
    await until('the next was taken', () => taker.taken.includes('three'));
    expect(taker.taken).to.deep.equal(['one', 'three']);
    expect(problems).to.have.length(2);
    expect(source.status()).not.to.have.property('last_error');
  });

  it('nothing at the path at start: says so, and takes what comes', async () => {
    const outcome = await source.start(taker.take);
    expect(outcome.activated).to.equal('nothing');
    place('one');
    await until('it was taken', () => taker.taken.length === 1);
  });

  it('refuses a named pipe without waiting for its writer, and brings the next file', async () => {
    execFileSync('mkfifo', [path]);
    const outcome = await source.start(taker.take);
    expect(outcome).to.have.nested.property('error.message').that.contains('not a regular file');
    rmSync(path);
    place('one');
    await until('the file was taken', () => taker.taken.length === 1);
  });

  it('leaves a file alone while it is written', async () => {
    place('one');
    const limits = DEFAULT_BUNDLE_LIMITS;
    const fetcher = new PathFetcher({ path, limits, random: Math.random, intervalMs: 1 });
    const changed = async (): Promise<boolean> => (await fetcher.fetch({ force: false })).changed;
    expect((await fetcher.fetch({ force: true })).changed).to.equal(true);
    expect(await changed()).to.equal(false);
    for (const part of ['a', 'ab', 'abc']) {
      writeFileSync(path, part);
      expect(await changed()).to.equal(false);
    }
    expect(await changed()).to.equal(true);
    expect(await changed()).to.equal(false);
  });

  it('offers a bundle again when it was not taken for a reason that may pass', async () => {
    place('one');
    taker.fault = new Error('the store is away');
    await source.start(taker.take);
    await until('it was offered again', () => taker.offered >= 3);
    taker.fault = undefined;
    await until('it was taken', () => taker.taken.length === 1);
  });

  it('looks on demand only when it does not watch', async () => {
    source = createBundleSource({ path }, { watch: false });
    place('one');
    await source.start(taker.take);
    place('two');
    await source.checkNow();
    expect(taker.taken).to.deep.equal(['one', 'two']);
  });
});
