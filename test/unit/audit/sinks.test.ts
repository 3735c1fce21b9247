import { expect } from 'chai';
import { appendFileSync, chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { createFileSink, createStreamSink } from '../../../src/audit/sinks.js';
import { scratchFolder } from './fakes.js';

describe('audit sinks', () => {
  const scratch = scratchFolder();
  after(() => {
    scratch.remove();
  });

  it('append lines to a file for the owner alone', async () => {
    const path = join(scratch.folder, 'audit.jsonl');
    const sink = createFileSink(path);
    await sink.write(['{"a":1}', '{"a":2}']);
    await sink.write(['{"a":3}']);
    await sink.close();
    expect(readFileSync(path, 'utf8')).to.equal('{"a":1}\n{"a":2}\n{"a":3}\n');
    expect(statSync(path).mode & 0o777).to.equal(0o600);
  });

  it('close a file that was open to others', async () => {
    const path = join(scratch.folder, 'open.jsonl');
    writeFileSync(path, '');
    chmodSync(path, 0o644);
    const sink = createFileSink(path);
    await sink.write(['{}']);
    await sink.close();
    expect(statSync(path).mode & 0o777).to.equal(0o600);
  });

  for (const torn of ['{"torn":', `{"torn":"${'x'.repeat(200_000)}`]) {
    it(`cut off a line of ${String(torn.length)} bytes that a crash tore`, async () => {
      const path = join(scratch.folder, `torn${String(torn.length)}.jsonl`);
      writeFileSync(path, '{"a":1}\n');
      appendFileSync(path, torn);
      const sink = createFileSink(path);
      await sink.write(['{"a":2}']);
      await sink.close();
      expect(readFileSync(path, 'utf8')).to.equal('{"a":1}\n{"a":2}\n');
    });
  }

  it('start with an empty file when the only line is incomplete', async () => {
    const path = join(scratch.folder, 'alone.jsonl');
    writeFileSync(path, '{"torn"');
    const sink = createFileSink(path);
    await sink.write(['{"a":1}']);
    await sink.close();
    expect(readFileSync(path, 'utf8')).to.equal('{"a":1}\n');
  });

  it('fail where there is no folder, and work once it is there', async () => {
    const sink = createFileSink(join(scratch.folder, 'none', 'audit.jsonl'));
    const failed = await sink.write(['{}']).catch((error: unknown) => String(error));
    expect(failed).to.contain('ENOENT');
    expect(await sink.write(['{}']).catch((error: unknown) => String(error))).to.contain('ENOENT');
    await sink.close();
  });

  it('write to a stream and hear of its failure', async () => {
    const stream = new PassThrough();
    await createStreamSink('stdout', stream).write(['{"a":1}', '{"a":2}']);
    expect(String(stream.read())).to.equal('{"a":1}\n{"a":2}\n');
    const broken = new Writable({
      write: (_chunk, _encoding, done) => {
        done(new Error('pipe closed'));
      },
    });
    broken.on('error', () => undefined);
    const failed = createStreamSink('stdout', broken).write(['{}']);
    expect(await failed.catch((error: unknown) => String(error))).to.contain('pipe closed');
  });

  it('fail at the deadline when the reader of a stream stands still, and hold no second batch', async () => {
    const done: (() => void)[] = [];
    const stuck = new Writable({
      write: (_chunk, _encoding, next) => {
        done.push(next);
      },
    });
    const sink = createStreamSink('stdout', stuck, 1);
    const failure = (): Promise<unknown> => sink.write(['{}']).catch((error: unknown) => error);
    expect(String(await failure())).to.contain('did not take the lines in time');
    expect(String(await failure())).to.contain('is blocked');
    expect(done).to.have.length(1);
    done.pop()?.();
    const later = sink.write(['{}']);
    done.pop()?.();
    await later;
  });

  it('end the wait for the reader of a stream when the worker stops', async () => {
    const stuck = new Writable({ write: () => undefined });
    const stop = new AbortController();
    // Far beyond the limit of this test: only the signal ends the wait.
    const written = createStreamSink('stdout', stuck, 3_600_000).write(['{}'], stop.signal);
    stop.abort();
    expect(await written.catch((error: unknown) => String(error))).to.contain('did not take');
  });
});
