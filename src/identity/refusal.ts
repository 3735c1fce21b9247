import { CountersignError } from '../domain/errors.js';

/** Returns the only answer to a failed authentication; `internal` is the reason for the log. */
export function invalidClient(internal: string): CountersignError {
  return new CountersignError(
    'invalid_client',
    'The client is unknown or its credential is not valid.',
    { challenge: 'Basic' },
    internal,
  );
}

/**
 * Returns the only answer to a source over its budget of failures;
 * `internal` is the reason for the log.
 */
export function slowDown(retryAfterSeconds: number, internal: string): CountersignError {
  return new CountersignError(
    'slow_down',
    'Too many failed authentications.',
    { retryAfterSeconds },
    internal,
  );
}
