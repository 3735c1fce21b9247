import { createHash } from 'node:crypto';
import { isPutLimits } from '../../domain/budget.js';
import type {
  LimitsDocument,
  LimitsFault,
  LimitsStore,
  StoredLimits,
} from '../../domain/budget-ports.js';
import { unavailable } from '../../domain/errors.js';
import { eventText, type StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/** The largest version that If-Match can name while leaving room for the next. */
const MAX_VERSION = 1e15 - 2;
const NONE: StoredLimits = { basis: 'none', version: 0, limits: null };
const OTHER_TYPE: StoredLimits = { basis: 'other_type', version: 0, fault: 'other_type' };

/**
 * Creates the store of the limits set through the admin API.
 * One document in the control slot, replaced by compare-and-set.
 */
export function createLimitsStore({ runner, keys }: StoreContext): LimitsStore {
  return {
    async read() {
      try {
        const stored = await runner.client.getBuffer(keys.limits);
        return stored === null ? NONE : storedOf(stored);
      } catch (error) {
        if (isWrongType(error)) return OTHER_TYPE;
        throw unavailable('the limits cannot be read', error);
      }
    },
    async replace({ basis }, next, event) {
      const reply = await runner.run(
        'replaceLimits',
        [keys.meta('control'), keys.audit('control'), keys.limits],
        [runner.opening(), basis, JSON.stringify(next), eventText(event)],
      );
      if (reply[0] === 'CONFLICT') return false;
      if (reply[0] !== 'WRITTEN') throw unexpectedReply('replaceLimits', reply);
      return true;
    },
  };
}

function storedOf(stored: Buffer): StoredLimits {
  // A hash of the bytes, not of a version in them: the script need not parse a value that may be unreadable.
  const basis = createHash('sha1').update(stored).digest('hex');
  const unreadable = (fault: LimitsFault, version = 0): StoredLimits => ({ basis, version, fault });
  let value: unknown;
  try {
    value = JSON.parse(stored.toString());
  } catch {
    return unreadable('not_json');
  }
  if (typeof value !== 'object' || value === null) return unreadable('malformed');
  const { version, limits } = value as Partial<LimitsDocument>;
  if (!isVersion(version)) return unreadable('malformed');
  if (limits !== null && !isPutLimits(limits)) return unreadable('malformed', version);
  return { basis, version, limits };
}

function isVersion(version: unknown): version is number {
  return Number.isInteger(version) && Number(version) >= 0 && Number(version) <= MAX_VERSION;
}

function isWrongType(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('WRONGTYPE');
}
