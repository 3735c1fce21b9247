import { unavailable } from '../../domain/errors.js';
import type { PolicyStore } from '../../domain/policy-lifecycle.js';

const absent = (): Promise<never> => Promise.reject(unavailable('there is no policy store yet'));

/** Stands where the store of bundles belongs until it is connected: everything that needs it answers 503. */
export const ABSENT_STORE: PolicyStore = {
  document: absent,
  replace: absent,
  put: absent,
  archive: absent,
  record: absent,
  records: absent,
  report: absent,
  beat: absent,
  leave: absent,
};
