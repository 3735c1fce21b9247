import type { AuditEvent } from '../../domain/audit.js';
import type { ClockResetter } from '../../domain/clock-reset.js';
import type { StreamName } from '../../domain/worker-ports.js';
import { eventText, type StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/** Creates the reset of clocks that are ahead: one step in each shard and in the control slot. */
export function createClockResetter(context: StoreContext): ClockResetter {
  return {
    async reset(event) {
      const shards = Array.from({ length: context.shards }, (_, shard) => shard);
      const slots: readonly StreamName[] = ['control', ...shards];
      const ahead = await Promise.all(slots.map((slot) => resetSlot(context, slot, event)));
      const reset = ahead.filter((ms) => ms !== undefined);
      return {
        reset: reset.length,
        kept: slots.length - reset.length,
        aheadMs: Math.max(0, ...reset),
      };
    },
  };
}

/** Returns how far the slot was ahead, in milliseconds; undefined when it was not. */
async function resetSlot(
  { runner, keys }: StoreContext,
  slot: StreamName,
  event: AuditEvent,
): Promise<number | undefined> {
  const reply = await runner.run(
    'resetClock',
    [keys.meta(slot), keys.audit(slot)],
    [runner.opening(), eventText({ ...event, detail: { ...event.detail, slot } })],
  );
  if (reply[0] === 'KEPT') return undefined;
  if (reply[0] !== 'RESET') throw unexpectedReply('resetClock', reply);
  return Number(reply[1]);
}
