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
