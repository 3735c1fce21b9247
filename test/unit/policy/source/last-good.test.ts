import { expect } from 'chai';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LastGood } from '../../../../src/policy/source/last-good.js';
import type { BundleSource } from '../../../../src/policy/source/source.js';
import { BundleServer } from '../../../support/bundles/bundle-server.js';
import { until } from '../../../support/episode.js';
import { bundle, REFUSED, sourceOf, Taker } from './harness.js';

describe('the last good bundle on disk', () => {
  let dir: string;
  let server: BundleServer;
  let source: BundleSource | undefined;
  beforeEach(async () => {
    dir = join(mkdtempSync(join(tmpdir(), 'countersign-good-')), 'policy');
    server = await BundleServer.start();
    server.serve(bundle('one'));
  });
  afterEach(async () => {
    await source?.close();
    await server.close();
    rmSync(join(dir, '..'), { recursive: true, force: true });
  });

  /** Starts once with the server there, and ends. */
  async function keepOne(): Promise<string> {
    const { url } = server;
    const { source: first } = sourceOf(url, { keepIn: dir });
    await first.start(new Taker().take);
    await first.close();
    return url;
  }

  it('is served when the server is away at start, and the server is looked for on', async () => {
    const url = await keepOne();
    const { port } = server;
    await server.close();
    const taker = new Taker();
    source = sourceOf(url, { keepIn: dir }).source;
    expect(await source.start(taker.take)).to.deep.equal({ activated: 'last_good' });
    expect(taker.taken).to.deep.equal(['one']);
    expect(taker.origins[0]).to.contain('kept on disk');
    expect(source.status().last_error?.message).to.contain('cannot be reached');
    server = await BundleServer.start(port);
    server.serve(bundle('two'));
    await until('the server was found', () => taker.taken.includes('two'));
  });

  it('is not offered again when the server has an equal one', async () => {
    const url = await keepOne();
    server.answer = (_, response) => response.writeHead(503).end();
    const taker = new Taker();
    source = sourceOf(url, { keepIn: dir }).source;
    await source.start(taker.take);
    server.answer = undefined;
    await until('the server was found', () => source?.status().etag !== undefined);
    expect(taker.offered).to.equal(1);
  });

  it('is served when what the server has is refused', async () => {
    const url = await keepOne();
    server.serve(Buffer.from('broken'));
    const taker = new Taker();
    source = sourceOf(url, { keepIn: dir }).source;
    expect(await source.start(taker.take)).to.deep.equal({ activated: 'last_good' });
  });

  it('goes through all checks: tampered with on disk, it is refused', async () => {
    const url = await keepOne();
    await server.close();
    const [file = ''] = readdirSync(dir);
    writeFileSync(join(dir, file), 'tampered');
    const { source: made, problems } = sourceOf(url, { keepIn: dir });
    source = made;
    const outcome = await source.start(new Taker().take);
    expect(outcome.activated).to.equal('nothing');
    expect(problems.join()).to.contain('unreadable');
    server = await BundleServer.start();
  });

  it('is readable by its owner only, and is the only file in its folder', async () => {
    await keepOne();
    const files = readdirSync(dir);
    expect(files).to.have.length(1);
    expect(statSync(join(dir, files[0] ?? '')).mode & 0o777).to.equal(0o600);
    expect(statSync(dir).mode & 0o777).to.equal(0o700);
  });

  it('a refused bundle is not kept', async () => {
    const taker = new Taker();
    taker.fault = REFUSED;
    source = sourceOf(server.url, { keepIn: dir }).source;
    expect((await source.start(taker.take)).activated).to.equal('nothing');
    expect(() => readdirSync(dir)).to.throw('ENOENT');
  });

  it('the bundle of one server is not served for another one', async () => {
    await keepOne();
    await server.close();
    source = sourceOf('http://127.0.0.1:1/other', { keepIn: dir }).source;
    expect((await source.start(new Taker().take)).activated).to.equal('nothing');
    server = await BundleServer.start();
  });

  it('continues without it when it cannot be written, and reports it', async () => {
    writeFileSync(dir, 'in the way');
    const { source: made, problems } = sourceOf(server.url, { keepIn: dir });
    source = made;
    expect(await source.start(new Taker().take)).to.deep.equal({ activated: 'fresh' });
    expect(problems.join()).to.contain('EEXIST');
  });

  it('follows no link, takes nothing over the limit, and removes what a dead process left', async () => {
    const good = new LastGood(dir, 'x', 100);
    await good.keep(Buffer.from('abc'));
    const [file = ''] = readdirSync(dir);
    expect(Buffer.from((await good.read()) ?? []).toString()).to.equal('abc');
    const old = join(dir, `${file}.0.new`);
    writeFileSync(old, 'half');
    utimesSync(old, 1, 1);
    writeFileSync(join(dir, `${file}.1.new`), 'of a process that writes');
    await good.keep(Buffer.alloc(101));
    expect(readdirSync(dir).sort()).to.deep.equal([file, `${file}.1.new`]);
    expect(await good.read()).to.equal(undefined);
    rmSync(join(dir, file));
    symlinkSync('/etc/hostname', join(dir, file));
    expect(await good.read()).to.equal(undefined);
    rmSync(join(dir, file));
    mkdirSync(join(dir, file));
    expect(await good.read()).to.equal(undefined);
  });
});
