import { isSharedLimits } from '../../domain/budget.js';
import type { LimitsDocument, LimitsStore } from '../../domain/budget-ports.js';
import { unavailable } from '../../domain/errors.js';
import { candidateEpoch, eventText, type StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/** The limits put through the admin API: one document in the control slot, replaced by compare-and-set. */
export function createLimitsStore({ runner, keys }: StoreContext): LimitsStore {
  return {
    async read() {
      try {
        return documentOf(await runner.client.get(keys.limits));
      } catch (error) {
        throw unavailable('the limits cannot be read', error);
      }
    },
    async replace(expected, next, event) {
      const reply = await runner.run(
        'replaceLimits',
        [keys.meta('control'), keys.audit('control'), keys.limits],
        [candidateEpoch(), expected, JSON.stringify(next), eventText(event)],
      );
      if (reply[0] === 'CONFLICT') return false;
      if (reply[0] !== 'WRITTEN') throw unexpectedReply('replaceLimits', reply);
      return true;
    },
  };
}

function documentOf(text: string | null): LimitsDocument {
  if (text === null) return { version: 0, limits: null };
  const { version, limits } = JSON.parse(text) as Partial<LimitsDocument>;
  if (!Number.isSafeInteger(version) || limits === undefined) throw new Error('no limits document');
  if (limits !== null && !isSharedLimits(limits)) throw new Error('the limits are malformed');
  return { version: version ?? 0, limits };
}
