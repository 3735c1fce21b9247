import { systemClock, type Clock } from '../../domain/clock.js';
import { unavailable } from '../../domain/errors.js';
import type { AdmissionReport } from '../../domain/policy-lifecycle.js';
import { admitBundle } from './admit-bundle.js';
import type { AdmissionOptions } from './options.js';

/** Tries bundles beside a service that goes on deciding. */
export interface Admission {
  /**
   * The report on one archive. Throws CountersignError 503 when as many wait already as may: a bundle itself never
   * makes it throw.
   */
  admit(archive: Uint8Array, attempt?: AdmissionAttempt): Promise<AdmissionReport>;
}

/** What differs from one attempt to the next. */
export interface AdmissionAttempt {
  /** Highest sequence that was ever active; left out for a rollback, which may go back. */
  readonly highestSequence?: number;
}

/** Archives that may wait, each of up to 16 MiB. */
const DEFAULT_WAITING_MAX = 4;

/** One admission at a time, in the order asked: a thread takes a whole core, and several would slow the service. */
export function createAdmission(
  options: AdmissionOptions,
  {
    waitingMax = DEFAULT_WAITING_MAX,
    clock = systemClock,
  }: { waitingMax?: number; clock?: Clock } = {},
): Admission {
  let last: Promise<unknown> = Promise.resolve();
  let pending = 0;
  return {
    async admit(archive, attempt = {}) {
      if (pending > waitingMax) throw unavailable('too many bundles wait for admission');
      pending += 1;
      const report = last.then(() => admitBundle(archive, { ...options, ...attempt }, clock));
      last = report;
      try {
        return await report;
      } finally {
        pending -= 1;
      }
    },
  };
}
