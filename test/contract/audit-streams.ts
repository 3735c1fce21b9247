import { expect } from 'chai';
import type { AuditEvent } from '../../src/domain/audit.js';
import type { AuditStreams, StreamName } from '../../src/domain/worker-ports.js';

/** Streams of shards 0 and 1 and of the control slot, all empty, and what writes to and ends them. */
export interface AuditStreamsUnderTest {
  readonly streams: AuditStreams;
  /** Writes one entry with these events. */
  append(stream: StreamName, events: readonly AuditEvent[]): Promise<void>;
  close(): Promise<void>;
}

const START = '0-0';

function event(jti: string): AuditEvent {
  return {
    type: 'access.granted',
    principal: { kind: 'agent', id: 'a' },
    jti,
    declared_reason: 'ünï "quoted" \\ \n 𝄞',
    detail: { deep: [1, { two: null }] },
  };
}

/** What every AuditStreams must do. `open` gives fresh, empty streams for each test. */
export function describeAuditStreams(
  name: string,
  open: () => Promise<AuditStreamsUnderTest>,
): void {
  describe(`audit streams: ${name}`, () => {
    let opened: AuditStreamsUnderTest;
    let streams: AuditStreams;
    beforeEach(async () => {
      opened = await open();
      streams = opened.streams;
    });
    afterEach(() => opened.close());

    async function fill(stream: StreamName, count: number): Promise<readonly string[]> {
      for (let i = 0; i < count; i++) await opened.append(stream, [event(`j${String(i)}`)]);
      return (await streams.read(stream, START, 1000)).map(({ streamId }) => streamId);
    }

    it('names every shard and the control slot, and has nothing at first', async () => {
      expect(streams.names).to.include.members([0, 1, 'control']);
      for (const stream of streams.names) {
        expect(await streams.read(stream, START, 10)).to.deep.equal([]);
      }
      expect((await streams.tips()).size).to.equal(0);
    });

    it('gives back what was written, one event or several, with its place', async () => {
      const both = [event('a'), event('b')];
      await opened.append(1, [event('one')]);
      await opened.append(1, both);
      const [first, second] = await streams.read(1, START, 10);
      expect(first?.events).to.deep.equal([event('one')]);
      expect(second?.events).to.deep.equal(both);
      for (const entry of [first, second]) {
        expect(entry?.epoch).to.be.a('string').that.is.not.equal('');
        expect(entry?.streamId).to.equal(`${String(entry?.tickMs)}-${String(entry?.seq)}`);
      }
      expect(second?.seq).to.be.greaterThan(first?.seq ?? Infinity);
      expect(second?.tickMs).to.be.at.least(first?.tickMs ?? Infinity);
      expect(await streams.read('control', START, 10)).to.deep.equal([]);
    });

    it('reads on from a place, oldest first and no more than was asked for', async () => {
      const ids = await fill('control', 5);
      expect(ids).to.have.length(5);
      const ask = async (after: string, count: number): Promise<readonly string[]> =>
        (await streams.read('control', after, count)).map(({ streamId }) => streamId);
      expect(await ask(START, 2)).to.deep.equal(ids.slice(0, 2));
      expect(await ask(ids[1] ?? '', 2)).to.deep.equal(ids.slice(2, 4));
      expect(await ask(ids[3] ?? '', 2)).to.deep.equal(ids.slice(4));
      expect(await ask(ids[4] ?? '', 2)).to.deep.equal([]);
    });

    it('names the newest entry of each stream that has one', async () => {
      await fill(0, 3);
      const newest = (await streams.read(0, START, 10)).at(-1);
      const tips = await streams.tips();
      expect([...tips.keys()]).to.deep.equal([0]);
      expect(tips.get(0)).to.deep.include({ epoch: newest?.epoch, seq: newest?.seq });
    });

    it('trims through a place and nothing after it, in that stream alone', async () => {
      const ids = await fill(0, 4);
      const others = await fill(1, 2);
      await streams.trimThrough(0, ids[1] ?? '');
      await streams.trimThrough(0, ids[0] ?? '');
      const left = (await streams.read(0, START, 10)).map(({ streamId }) => streamId);
      expect(left).to.deep.equal(ids.slice(2));
      expect(await streams.read(1, START, 10)).to.have.length(others.length);
      await streams.trimThrough(0, ids[3] ?? '');
      expect(await streams.read(0, START, 10)).to.deep.equal([]);
    });

    it('belongs to the first store that claims it, for good', async () => {
      const claims = await Promise.all(['s1', 's2', 's3'].map((id) => streams.claim(id)));
      expect(claims.filter(Boolean)).to.have.length(1);
      const owner = `s${String(claims.indexOf(true) + 1)}`;
      expect(await streams.claim(owner)).to.equal(true);
      expect(await streams.claim('another')).to.equal(false);
    });
  });
}
