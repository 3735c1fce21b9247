import { unavailable } from '../../domain/errors.js';
import type { AuditStatus, SinkState } from '../../domain/worker-ports.js';
import type { StoreContext } from '../context.js';

/** Lifetime of an alarm that is not raised again, in milliseconds; the export runs each half second. */
const ALARM_MS = 30_000;

/** Creates the status of the audit store that the worker reports to the services, in the control slot. */
export function createAuditStatus({ runner, keys }: StoreContext): AuditStatus {
  const { client } = runner;
  return {
    async raise(problem) {
      await guarded(() => client.set(keys.auditAlarm, problem, 'PX', ALARM_MS));
    },
    async clear() {
      await guarded(() => client.del(keys.auditAlarm));
    },
    async reportSinks(sinks) {
      await guarded(() => client.set(keys.auditSinks, JSON.stringify(sinks), 'PX', ALARM_MS));
    },
    async readSinks() {
      const text = await guarded(() => client.get(keys.auditSinks));
      return text === null ? [] : (JSON.parse(text) as readonly SinkState[]);
    },
    async read() {
      const [storeId, alarm] = await guarded(() => client.mget(keys.auditOwner, keys.auditAlarm));
      return { storeId: storeId ?? undefined, alarm: alarm ?? undefined };
    },
  };
}

async function guarded<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw unavailable('the status of the audit store cannot be reached', error);
  }
}
