import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { BundleSource } from '../../../../src/policy/source/source.js';
import { DEFAULT_BUNDLE_LIMITS } from '../../../../src/policy/bundle/members.js';
import { SourceUnavailable } from '../../../../src/policy/source/source.js';
import { until } from '../../../support/episode.js';
import { BundleServer } from '../../../support/bundles/bundle-server.js';
import { bundle, REFUSED, sourceOf, Taker } from './harness.js';

describe('bundles from an OPA bundle server', () => {
  let server: BundleServer;
  let taker: Taker;
  let source: BundleSource;
  let dir: string;
  const one = bundle('one');
  const two = bundle('two');

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-source-'));
    server = await BundleServer.start();
    server.serve(one);
    taker = new Taker();
    source = sourceOf(server.url).source;
  });
  afterEach(async () => {
    await source.close();
    await server.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const use = (
    ...args: Parameters<typeof sourceOf> extends [string, ...infer R] ? R : never
  ): string[] => {
    const made = sourceOf(server.url, ...args);
    source = made.source;
    return made.problems;
  };
  const failure = async (): Promise<Error> => {
    const outcome = await source.start(taker.take);
    if (outcome.activated !== 'nothing') throw new Error('it was activated');
    return outcome.error;
  };

  it('brings the first bundle at start, and the next one when it is there', async () => {
    expect(await source.start(taker.take)).to.deep.equal({ activated: 'fresh' });
    expect(taker.taken).to.deep.equal(['one']);
    server.serve(two);
    await until('the second one was taken', () => taker.taken.length === 2);
    expect(taker.taken).to.deep.equal(['one', 'two']);
    expect(taker.origins[0]).to.equal(server.url);
  });

  it('sends the ETag once the bundle was activated, and takes 304 for no news', async () => {
    await source.start(taker.take);
    expect(server.requests[0]?.headers).not.to.have.property('if-none-match');
    const { headers } = await server.nextRequest();
    expect(headers['if-none-match'])
      .to.equal(source.status().etag)
      .and.match(/^"[0-9a-f]{64}"$/);
    expect(headers['prefer']).to.equal('modes=snapshot');
    await server.nextRequest();
    expect(taker.offered).to.equal(1);
    expect(source.status()).not.to.have.property('last_error');
  });

  it('keeps no ETag of a bundle that was refused, and does not offer that one again', async () => {
    await source.start(taker.take);
    const { etag } = source.status();
    taker.fault = REFUSED;
    server.serve(two);
    await until('it was refused', () => source.status().last_error !== undefined);
    taker.fault = undefined;
    for (let i = 0; i < 3; i++) {
      expect((await server.nextRequest()).headers['if-none-match']).to.equal(etag);
    }
    expect(taker.offered).to.equal(2);
    expect(source.status().last_error?.message).to.equal(REFUSED.message);
    server.serve(bundle('three'));
    await until('the next one was taken', () => taker.taken.includes('three'));
    expect(source.status()).not.to.have.property('last_error');
  });

  it('goes back to no error when the server goes back to the bundle that is active', async () => {
    await source.start(taker.take);
    taker.fault = REFUSED;
    server.serve(two);
    await until('it was refused', () => source.status().last_error !== undefined);
    server.serve(one);
    await until('the error is gone', () => source.status().last_error === undefined);
    expect(taker.taken).to.deep.equal(['one']);
  });

  it('offers a bundle again when it was not taken for a reason that may pass', async () => {
    await source.start(taker.take);
    taker.fault = new Error('the store is away');
    server.serve(two);
    await until('it was offered twice', () => taker.offered >= 3);
    taker.fault = undefined;
    await until('it was taken', () => taker.taken.includes('two'));
  });

  it('offers the active bundle again on a reload', async () => {
    use({}, { watch: false });
    await source.start(taker.take);
    await source.checkNow();
    expect(taker.taken).to.deep.equal(['one', 'one']);
    expect(server.requests).to.have.length(2);
  });

  it('does not offer equal bytes again when the server knows no ETag', async () => {
    server.etags = false;
    await source.start(taker.take);
    await server.nextRequest();
    await server.nextRequest();
    expect(taker.offered).to.equal(1);
  });

  it('shows a bearer token, from the file as it is at each request', async () => {
    server.token = 'first';
    const file = join(dir, 'token');
    writeFileSync(file, 'first\n');
    use({ bearerToken: { file }, headers: [{ name: 'X-Key', secret: 'abc' }] });
    expect(await source.start(taker.take)).to.deep.equal({ activated: 'fresh' });
    expect(server.requests[0]?.headers['x-key']).to.equal('abc');
    server.token = 'second';
    await until('the token is refused', () => source.status().last_error !== undefined);
    writeFileSync(file, 'second\n');
    await until('it is taken again', () => source.status().last_error === undefined);
  });

  it('401 without the token: says what to look at, and tells it once', async () => {
    server.token = 'x';
    const problems = use({ bearerToken: { secret: 'not-it' } });
    const error = await failure();
    expect(error).to.be.instanceOf(SourceUnavailable);
    expect(error.message).to.contain('401').and.contain('bearer token').and.not.contain('not-it');
    expect(source.status().last_error).to.include({ http_code: 401 });
    await server.nextRequest();
    await server.nextRequest();
    expect(problems).to.have.length(1);
    server.token = undefined;
    await until('it is taken', () => taker.taken.length === 1);
  });

  it('follows no redirect: credentials stay with the server they are for', async () => {
    const other = await BundleServer.start();
    try {
      server.answer = (_, response) => response.writeHead(302, { location: other.url }).end();
      use({ bearerToken: { secret: 'mine' } });
      expect((await failure()).message)
        .to.contain('302')
        .and.contain('not followed');
      server.answer = (_, response) => response.writeHead(307, { location: '/elsewhere' }).end();
      await until('the second one was seen', () => source.status().last_error?.http_code === 307);
      expect(other.requests).to.have.length(0);
    } finally {
      await other.close();
    }
  });

  it('ends a download that is over the limit, whatever its length was said to be', async () => {
    let sent = 0;
    server.answer = (_, response) => {
      const more = (): void => {
        if (response.destroyed) return;
        sent += 64 * 1024;
        response.write(Buffer.alloc(64 * 1024), () => setImmediate(more));
      };
      more();
    };
    const limits = { ...DEFAULT_BUNDLE_LIMITS, compressedBytes: 1024 * 1024 };
    use({}, { limits, watch: false });
    expect((await failure()).message).to.contain('over_limit');
    expect(sent).to.be.below(16 * 1024 * 1024);
    server.answer = (_, response) =>
      response.writeHead(200, { 'content-length': 2 ** 21 }).write('x');
    await source.checkNow().then(
      () => expect.fail('it was taken'),
      (error: unknown) => expect(String(error)).to.contain('over_limit'),
    );
  });

  it('ends a request that a silent server leaves open, before and within the body', async () => {
    use({ timeoutSeconds: 0.05 }, { watch: false });
    server.answer = () => undefined;
    expect((await failure()).message).to.contain('silent');
    server.answer = (_, response) => response.writeHead(200).write('x');
    await source.checkNow().then(
      () => expect.fail('it was taken'),
      (error: unknown) => expect(String(error)).to.contain('silent'),
    );
  });

  it('accepts a slow download that makes progress', async () => {
    const size = Math.ceil(one.length / 20);
    const parts = Array.from({ length: 20 }, (_, i) => one.subarray(i * size, (i + 1) * size));
    server.answer = (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => {
        const part = parts.shift();
        if (part !== undefined) response.write(part);
        else response.end();
        if (part === undefined) clearInterval(timer);
      }, 50);
    };
    use({ timeoutSeconds: 0.5 }, { watch: false });
    expect(await source.start(taker.take)).to.deep.equal({ activated: 'fresh' });
  });

  it('ends a download that drips', async () => {
    const drip = new Set<NodeJS.Timeout>();
    server.answer = (_, response) => {
      response.writeHead(200);
      drip.add(setInterval(() => response.write('x'), 5));
    };
    use({ timeoutSeconds: 0.02 }, { watch: false });
    expect((await failure()).message).to.contain('too long');
    for (const timer of drip) clearInterval(timer);
  });

  it('wrong bytes, an empty or partial answer, and an unexpected 304 are errors, and polling continues', async () => {
    const wrong: readonly (readonly [string, NonNullable<BundleServer['answer']>])[] = [
      ['unreadable', (_, response) => response.end('not a bundle')],
      ['nothing', (_, response) => response.end()],
      [
        'closed the connection',
        (_, response) =>
          response.writeHead(200, { 'content-length': 100 }).write('x', () => response.destroy()),
      ],
      ['304', (_, response) => response.writeHead(304).end()],
      ['500', (_, response) => response.writeHead(500).end('stack trace')],
    ];
    server.answer = wrong[0]?.[1];
    await source.start(taker.take);
    for (const [message, answer] of wrong) {
      server.answer = answer;
      await until(message, () => source.status().last_error?.message.includes(message) === true);
    }
    server.answer = undefined;
    await until('the bundle was taken', () => taker.taken.length === 1);
    expect(source.status()).not.to.have.property('last_error');
  });

  it('accepts a bundle that is compressed a second time in transit', async () => {
    server.answer = (_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(one));
    await source.start(taker.take);
    expect(taker.taken).to.deep.equal(['one']);
  });

  it('names no query in its status: it may be a secret', async () => {
    source = sourceOf(`${server.url}?sig=secret`).source;
    await source.start(taker.take);
    expect(JSON.stringify(source.status())).not.to.contain('secret');
    expect(server.requests[0]?.url).to.contain('?sig=secret');
  });

  it('says in its status what OPA says', async () => {
    await source.start(taker.take);
    const status = source.status();
    expect(status).to.include({ origin: server.url, size_bytes: one.length });
    for (const key of [
      'request',
      'successful_request',
      'successful_download',
      'successful_activation',
    ]) {
      expect(status).to.have.property(`last_${key}_ms`).that.is.above(1e12);
    }
  });
});
