import { expect } from 'chai';
import { recordEvents } from '../../src/redis/stores/event-recorder.js';
import { createAuditStreams } from '../../src/redis/stores/audit-streams.js';
import { openTestStore } from '../support/store.js';
import { entry, FakeStreams } from '../unit/audit/fakes.js';
import { describeAuditStreams } from './audit-streams.js';
import { useRedis } from '../support/use-store.js';

const BY = { kind: 'agent', id: 'a' } as const;

describeAuditStreams('in memory, which the exporter is tested on', () => {
  const streams = new FakeStreams([0, 1, 'control']);
  let seq = 0;
  return Promise.resolve({
    streams,
    append: (stream, events) => {
      streams.of(stream).push(entry(++seq, [...events]));
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  });
});

describe('on a real Redis', () => {
  const redis = useRedis();

  for (const text of ['', '{"type":"access.granted"', '[]', '[1]', '{"type":"access.granted"}']) {
    it(`an entry that cannot be read is a gap, and the next one is read: ${text}`, async () => {
      const opened = await openTestStore(redis);
      const { context, client } = opened;
      await client.xadd(context.keys.audit(0), '1-1', 'epoch', 'e', 'event', text);
      await recordEvents(context, 0, [{ type: 'access.granted', principal: BY }]);
      const streams = createAuditStreams(context);
      expect((await streams.tips()).get(0)?.seq).to.be.greaterThan(0);
      const [gap, next] = await streams.read(0, '0-0', 10);
      expect(gap?.events).to.have.length(1);
      expect(gap?.events[0]).to.deep.include({
        type: 'audit.gap',
        detail: { kind: 'unreadable_entry', stream_id: '1-1', chars: text.length, text },
      });
      expect(next?.events.map(({ type }) => type)).to.deep.equal(['access.granted']);
      opened.close();
    });
  }

  describeAuditStreams('Redis', async () => {
    const opened = await openTestStore(redis);
    const { context } = opened;
    return {
      streams: createAuditStreams(context),
      append: async (stream, events) => {
        await recordEvents(context, stream, events);
      },
      close: () => {
        opened.close();
        return Promise.resolve();
      },
    };
  });
});
