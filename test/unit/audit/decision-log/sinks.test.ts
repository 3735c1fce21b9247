import { expect } from 'chai';
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Chunker } from '../../../../src/audit/decision-log/chunk.js';
import { createRotatingFile } from '../../../../src/audit/decision-log/file-sink.js';
import {
  createHttpSink,
  type HttpSinkOptions,
} from '../../../../src/audit/decision-log/http-sink.js';
import { runPump, uploadPace } from '../../../../src/audit/decision-log/loop.js';
import { DecisionPump } from '../../../../src/audit/decision-log/pump.js';
import type { DecisionSink } from '../../../../src/audit/decision-log/sink.js';
import { openAuditStore } from '../../../../src/audit/store.js';
import type { DecisionEvent } from '../../../../src/domain/decision-log.js';
import { until } from '../../../support/episode.js';
import { LogReceiver } from '../../../support/log-receiver.js';
import { scratchFolder } from '../fakes.js';
import { denial, PREPARE, Writer } from './world.js';

const running = new AbortController().signal;

function decision(id: string, members: Partial<DecisionEvent> = {}): DecisionEvent {
  return { labels: {}, decision_id: id, timestamp: '2026-01-01T00:00:00.000Z', ...members };
}

const decisions = (count: number): DecisionEvent[] =>
  Array.from({ length: count }, (_, i) => decision(`d${String(i)}`));

/** Offers events until all are taken, as the pump does. */
async function deliverAll(sink: DecisionSink, events: readonly DecisionEvent[]): Promise<string[]> {
  const lost: string[] = [];
  let rest = events;
  while (rest.length > 0) {
    const { taken, outcome } = await sink.deliver(rest, running);
    if (outcome === 'too_large') lost.push(rest[0]?.decision_id ?? '');
    rest = rest.slice(taken);
  }
  return lost;
}

describe('decision log chunks', () => {
  it('hold every event once and in order, each within the limit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1100, max: 4000 }),
        (sizes, limit) => {
          // Random text cannot be compressed, so what fits is not a matter of luck.
          const events = sizes.map((size, i) =>
            decision(String(i), { input: randomBytes(size).toString('base64') }),
          );
          const chunker = new Chunker(limit);
          const seen: string[] = [];
          for (let rest = events; rest.length > 0;) {
            const chunk = chunker.take(rest);
            if (chunk === undefined) throw new Error('it did not fit');
            expect(chunk.body.length).to.be.at.most(limit);
            const unpacked = JSON.parse(gunzipSync(chunk.body).toString()) as DecisionEvent[];
            expect(unpacked).to.have.length(chunk.count);
            seen.push(...unpacked.map((event) => event.decision_id));
            rest = rest.slice(chunk.count);
          }
          expect(seen).to.deep.equal(events.map((event) => event.decision_id));
        },
      ),
    );
  });

  it('become as full as the limit allows', () => {
    const chunker = new Chunker(32_768);
    let rest = decisions(20_000).map((event) => ({
      ...event,
      custom: { event_id: randomBytes(16).toString('hex') },
    }));
    const sizes: number[] = [];
    for (let chunk = chunker.take(rest); chunk !== undefined; chunk = chunker.take(rest)) {
      sizes.push(chunk.body.length);
      rest = rest.slice(chunk.count);
    }
    expect(Math.max(...sizes)).to.be.greaterThan(20_000);
    expect(sizes.filter((size) => size > 20_000).length).to.be.greaterThan(sizes.length / 2);
  });

  it('cut an event that is too large alone: the builtin cache first, the input next, and then it is lost', () => {
    const large = randomBytes(3000).toString('base64');
    const chunker = new Chunker(2048);
    const take = (members: Partial<DecisionEvent>): DecisionEvent | undefined => {
      const chunk = chunker.take([decision('big', members), decision('next')]);
      if (chunk === undefined) return undefined;
      expect(chunk).to.include({ count: 1, cut: 1 });
      return (JSON.parse(gunzipSync(chunk.body).toString()) as DecisionEvent[])[0];
    };
    const uncached = take({ nd_builtin_cache: large, input: 1 });
    expect(uncached).to.deep.include({ input: 1, erased: ['/nd_builtin_cache'] });
    const bare = take({ nd_builtin_cache: 1, input: large, result: 2, erased: ['/input/x'] });
    expect(bare).to.deep.include({
      result: 2,
      erased: ['/input/x', '/nd_builtin_cache', '/input'],
    });
    expect(bare).not.to.have.property('input');
    expect(take({ result: large })).to.equal(undefined);
  });
});

describe('decision log over HTTP', () => {
  const receiver = new LogReceiver();
  let options: HttpSinkOptions;
  beforeEach(async () => {
    const url = await receiver.listen();
    receiver.uploads.length = 0;
    receiver.answer = () => 204;
    options = {
      url,
      headers: { authorization: 'Bearer tok' },
      timeoutMs: 5000,
      uploadSizeLimitBytes: 32_768,
    };
  });
  afterEach(() => receiver.close());

  it('posts a gzip-compressed JSON array, as OPA does, with the token', async () => {
    await deliverAll(createHttpSink(options), decisions(10));
    const [upload] = receiver.uploads;
    expect(upload?.headers).to.include({
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      authorization: 'Bearer tok',
    });
    expect(receiver.ids()).to.deep.equal(decisions(10).map((event) => event.decision_id));
  });

  for (const status of [301, 400, 401, 404, 429, 500, 503]) {
    it(`counts ${String(status)} as not delivered, and follows no redirect`, async () => {
      receiver.answer = () => status;
      const failure = await createHttpSink(options)
        .deliver(decisions(1), running)
        .catch((error: unknown) => error);
      expect(failure).to.include({ name: 'DeliveryFailed', status });
      expect(receiver.uploads).to.have.length(1);
    });
  }

  it('gives up on a receiver that hangs or is unreachable, without naming it', async () => {
    receiver.answer = () => undefined;
    const sink = createHttpSink({ ...options, timeoutMs: 100 });
    const late = await sink.deliver(decisions(1), running).catch(String);
    expect(late).to.contain('did not answer in time');
    await receiver.close();
    const away = await sink.deliver(decisions(1), running).catch(String);
    expect(away).to.contain('ECONNREFUSED').and.not.to.contain('127.0.0.1');
  });

  it('sends smaller chunks after 413, and larger ones again once they are accepted', async () => {
    receiver.answer = ({ events }) => (events.length > 7 ? 413 : 200);
    const lost = await deliverAll(createHttpSink(options), decisions(200));
    expect(lost).to.deep.equal([]);
    expect(receiver.ids()).to.deep.equal(decisions(200).map((event) => event.decision_id));
    const refused = receiver.uploads.filter(({ accepted }) => !accepted);
    expect(refused.length).to.be.lessThan(25);
  });

  it('takes the input out of the one event that is too large for the receiver, then gives it up', async () => {
    const input = randomBytes(2000).toString('base64');
    const events = [
      decision('a'),
      decision('large input', { input }),
      decision('b'),
      decision('large result', { input: 1, result: input }),
      decision('c'),
    ];
    receiver.answer = ({ size }) => (size > 1500 ? 413 : 200);
    const lost = await deliverAll(createHttpSink(options), events);
    expect(lost).to.deep.equal(['large result']);
    expect(receiver.ids()).to.deep.equal(['a', 'large input', 'b', 'c']);
    const sent = receiver.uploads.filter(({ accepted }) => accepted).flatMap((one) => one.events);
    expect(sent[1]).to.deep.include({ erased: ['/input'] });
  });

  it('starts again from the store when it comes back after failing in every way, in order, nothing lost', async () => {
    const scratch = scratchFolder();
    const store = openAuditStore(join(scratch.folder, 'audit.db'));
    const writer = new Writer(() => store);
    const told: string[] = [];
    const pump = new DecisionPump(store.decisions, createHttpSink({ ...options, timeoutMs: 200 }), {
      prepare: PREPARE,
      rules: () => Promise.resolve({}),
      bufferMaxBytes: 1e9,
      onLost: () => told.push('lost'),
      onRuleFailed: () => told.push('rule'),
    });
    const answers = [500, undefined, 413, 429, 200, 503, undefined, 200];
    let asked = 0;
    receiver.answer = () => (asked < answers.length ? answers[asked++] : 200);
    const loop = runPump(
      pump,
      { idle: () => 1, afterFailure: () => 1 },
      { failed: (_, why) => told.push(why), recovered: () => told.push('recovered') },
    );
    try {
      const ids = Array.from({ length: 500 }, (_, i) => `d${String(i)}`);
      for (const id of ids) writer.append(denial(id));
      await until('everything arrived', () => new Set(receiver.ids()).size === 500);
      await until('it is told that it works again', () => told.includes('recovered'));
      expect(store.decisions.state('http')).to.include({ sent: 500, waiting_events: 0 });
      expect(receiver.ids()).to.deep.equal(ids);
      expect(told).to.include.members([
        'the receiver answered HTTP 500',
        'the receiver did not answer in time',
        'recovered',
      ]);
      expect(told).not.to.include('lost');
    } finally {
      await loop.stop();
      store.close();
      scratch.remove();
    }
  });

  it('waits between the two delays after an upload, and longer with each failure up to the longest', () => {
    const pace = uploadPace(1000, 10_000, () => 0.5);
    expect(pace.idle()).to.equal(5500);
    expect([1, 2, 3, 50].map((failures) => Math.round(pace.afterFailure(failures)))).to.deep.equal([
      100, 160, 256, 10_000,
    ]);
    expect(uploadPace(0, 0, () => 1).afterFailure(9)).to.equal(120);
  });
});

describe('decision log in a file', () => {
  const scratch = scratchFolder();
  after(() => {
    scratch.remove();
  });
  const idsIn = (path: string): string[] =>
    readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as DecisionEvent).decision_id);

  it('is rotated when it is full; the configured number of older files is kept, readable by the owner only', async () => {
    const path = join(scratch.folder, 'log.jsonl');
    const line = JSON.stringify(decision('d0')).length + 1;
    const sink = createRotatingFile({ path, maxBytes: line * 3, keep: 2 });
    await deliverAll(sink, decisions(8));
    expect(idsIn(`${path}.2`)).to.deep.equal(['d0', 'd1', 'd2']);
    expect(idsIn(`${path}.1`)).to.deep.equal(['d3', 'd4', 'd5']);
    expect(idsIn(path)).to.deep.equal(['d6', 'd7']);
    await deliverAll(sink, decisions(4));
    await sink.close();
    expect(idsIn(`${path}.2`)).to.deep.equal(['d3', 'd4', 'd5']);
    expect(existsSync(`${path}.3`)).to.equal(false);
    for (const file of [path, `${path}.1`]) {
      expect(statSync(file).mode & 0o777).to.equal(0o600);
    }
  });

  it('takes an event that is larger than a file alone', async () => {
    const path = join(scratch.folder, 'large.jsonl');
    const sink = createRotatingFile({ path, maxBytes: 100, keep: 5 });
    await deliverAll(sink, [decision('x'.repeat(300)), decision('d1'.repeat(100)), decision('d2')]);
    await sink.close();
    expect(idsIn(`${path}.2`)).to.deep.equal(['x'.repeat(300)]);
    expect(idsIn(path)).to.deep.equal(['d2']);
  });
});
