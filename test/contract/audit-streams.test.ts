import { recordEvents } from '../../src/redis/stores/event-recorder.js';
import { createAuditStreams } from '../../src/redis/stores/audit-streams.js';
import { openTestStore } from '../support/store.js';
import { entry, FakeStreams } from '../unit/audit/fakes.js';
import { describeAuditStreams } from './audit-streams.js';
import { useRedis } from '../support/use-store.js';

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
