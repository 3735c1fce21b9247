import { expect } from 'chai';
import type { AuditEvent } from '../../../../src/domain/audit.js';
import { createAdminFailureCounter } from '../../../../src/use-cases/admin/admin-failures.js';

const MINUTE = 60_000;

function subject() {
  const time = { ms: 10 * MINUTE };
  const events: AuditEvent[] = [];
  const lost: number[] = [];
  const store = { away: false };
  const counter = createAdminFailureCounter({
    async record(event) {
      if (store.away) throw new Error('away');
      events.push(event);
    },
    clock: { nowMs: () => time.ms },
    onLost: (count) => lost.push(count),
  });
  return { time, events, lost, store, counter };
}

describe('failed admin authentications on the record', () => {
  it('are one bounded event a minute, whatever their number', async () => {
    const { time, events, counter } = subject();
    for (let i = 0; i < 5000; i++) counter.count(`192.0.2.${String(i % 200)}`, undefined);
    counter.count('192.0.2.1', 'former');
    await counter.flush();
    expect(events, 'the minute goes on').to.deep.equal([]);
    time.ms += MINUTE;
    await counter.flush();
    await counter.flush();
    expect(events).to.have.length(1);
    expect(events[0]).to.include({ type: 'admin.refused', count: 5001, first_at_ms: 600_000 });
    expect(events[0]?.detail?.['sources']).to.have.length(8);
    expect(events[0]?.detail).to.include({ more_sources: true });
    expect(events[0]?.detail?.['expired']).to.deep.equal(['former']);
    expect(JSON.stringify(events[0]).length).to.be.below(1024);
  });

  it('wait while the store is away, within a bound', async () => {
    const { time, events, lost, store, counter } = subject();
    store.away = true;
    for (let i = 0; i < 70; i++) {
      counter.count('192.0.2.1', undefined);
      time.ms += MINUTE;
      await counter.flush();
    }
    store.away = false;
    await counter.flush();
    expect(events.length + lost.length).to.equal(70);
    expect(events).to.have.length.within(59, 60);
  });

  it('are recorded when the service ends, the current minute too', async () => {
    const { events, counter } = subject();
    counter.count('local', undefined);
    await counter.flush(true);
    expect(events[0]).to.deep.include({
      count: 1,
      detail: { sources: ['local'], more_sources: false },
    });
  });
});
