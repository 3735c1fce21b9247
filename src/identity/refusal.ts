import { CountersignError } from '../domain/errors.js';

/** The one answer to every failed authentication; `internal` says why, to the log alone. */
export function invalidClient(internal: string): CountersignError {
  return new CountersignError(
    'invalid_client',
    'The client is unknown or its credential is not valid.',
    { challenge: 'Basic' },
    internal,
  );
}

/** The one answer to a source over its budget of failures; `internal` says why, in the log only. */
export function slowDown(retryAfterSeconds: number, internal: string): CountersignError {
  return new CountersignError(
    'slow_down',
    'Too many failed authentications.',
    { retryAfterSeconds },
    internal,
  );
}
