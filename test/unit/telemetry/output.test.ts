import { expect } from 'chai';
import { Writable } from 'node:stream';
import fc from 'fast-check';
import { createLogOutput } from '../../../src/telemetry/log-output.js';

const NOW = Date.parse('2026-11-30T12:00:00Z');

/** A stream with a reader that takes a write only on demand. */
function slowReader() {
  const read: string[] = [];
  const waiting: (() => void)[] = [];
  const stream = new Writable({
    highWaterMark: 1,
    write: (chunk: Buffer, _encoding, done) => {
      waiting.push(() => {
        read.push(chunk.toString());
        done();
      });
    },
  });
  const take = async (): Promise<boolean> => {
    const next = waiting.shift();
    next?.();
    await new Promise((resolve) => setImmediate(resolve));
    return next !== undefined;
  };
  return { stream, read, take };
}

function outputOver(stream: Writable, maxPendingBytes: number) {
  return createLogOutput(stream, { maxPendingBytes, nowMs: () => NOW });
}

describe('a log with a stalled reader', () => {
  it('keeps what fits the bound, drops and counts the rest', () => {
    const { stream } = slowReader();
    const output = outputOver(stream, 100);
    for (let n = 0; n < 50; n++) output.write('123456789\n');
    expect(output.dropped()).to.equal(40);
    expect(stream.writableLength).to.be.at.most(100);
  });

  it('states once how many lines are missing, where they are missing', async () => {
    const { stream, read, take } = slowReader();
    const output = outputOver(stream, 400);
    const line = (n: number): string => `${String(n).padStart(9, '0')}\n`;
    for (let n = 0; n < 50; n++) output.write(line(n));
    while (await take());
    output.write(line(50));
    output.write(line(51));
    while (await take());
    expect(read.slice(0, 40)).to.deep.equal(Array.from({ length: 40 }, (_, n) => line(n)));
    expect(JSON.parse(read[40] ?? '')).to.deep.equal({
      level: 'warn',
      time: '2026-11-30T12:00:00.000Z',
      lost: 10,
      msg: 'log lines dropped; the reader of the log was too slow',
    });
    expect(read.slice(41)).to.deep.equal([line(50), line(51)]);
    expect(output.dropped()).to.equal(10);
  });

  it('keeps dropping until half of the bound is free', async () => {
    const { stream, take } = slowReader();
    const output = outputOver(stream, 100);
    for (let n = 0; n < 11; n++) output.write('123456789\n');
    await take();
    output.write('123456789\n');
    expect(output.dropped()).to.equal(2);
  });

  it('loses nothing that it does not count', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constant('take'), fc.nat({ max: 60 })), { maxLength: 60 }),
        async (steps) => {
          const { stream, read, take } = slowReader();
          const output = outputOver(stream, 500);
          let offered = 0;
          for (const step of steps) {
            if (typeof step === 'string') await take();
            else output.write(`${JSON.stringify({ n: offered++, pad: 'x'.repeat(step) })}\n`);
          }
          while (await take());
          output.write(`${JSON.stringify({ n: offered++ })}\n`);
          while (await take());
          const lines = read.map((text) => JSON.parse(text) as { n?: number; lost?: number });
          const lost = lines.reduce((sum, { lost = 0 }) => sum + lost, 0);
          const numbers = lines.flatMap(({ n }) => (n === undefined ? [] : [n]));
          expect(lost).to.equal(output.dropped());
          expect(numbers.length + lost).to.equal(offered);
          expect(numbers).to.deep.equal([...numbers].sort((a, b) => a - b));
        },
      ),
    );
  });

  it('is drained when all was taken, and not at the deadline', async () => {
    const { stream, take } = slowReader();
    const output = outputOver(stream, 100);
    expect(await output.drain(0)).to.equal(true);
    output.write('a\n');
    expect(await output.drain(1)).to.equal(false);
    const drained = output.drain(60_000);
    await take();
    expect(await drained).to.equal(true);
  });

  it('drops and counts once the reader is gone', async () => {
    const stream = new Writable({
      write: (_chunk, _encoding, done) => {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      },
    });
    const output = outputOver(stream, 100);
    output.write('a\n');
    await new Promise((resolve) => setImmediate(resolve));
    output.write('b\n');
    expect(output.dropped()).to.equal(1);
    expect(await output.drain(60_000)).to.equal(false);
  });
});
