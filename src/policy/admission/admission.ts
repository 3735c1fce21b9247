import { systemClock, type Clock } from '../../domain/clock.js';
import { unavailable } from '../../domain/errors.js';
import type { AdmissionReport } from '../../domain/policy-lifecycle.js';
import { admitBundle } from './admit-bundle.js';
import type { AdmissionOptions, SampledInputs } from './options.js';

/** Tries bundles while the service keeps deciding. */
export interface Admission {
  /**
   * Reports on one archive.
   * Throws CountersignError 503 when the queue is full; never throws because of a bundle.
   */
  admit(archive: Uint8Array, attempt?: AdmissionAttempt): Promise<AdmissionReport>;
}

/** Options of one attempt. */
export interface AdmissionAttempt {
  /** Highest sequence that was ever active; omitted for a rollback, which may go back. */
  readonly highestSequence?: number;
  /** Action on a bundle that no input tested. */
  readonly untested?: 'refuse' | 'warn';
  readonly samples?: SampledInputs;
  /** Total time, in milliseconds, in place of that of the options. */
  readonly deadlineMs?: number;
}

/** Maximum number of waiting archives, each of up to 16 MiB. */
const DEFAULT_WAITING_MAX = 4;

/**
 * Admits one bundle at a time, in order.
 * A thread uses a whole core, so several would slow the service.
 */
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
