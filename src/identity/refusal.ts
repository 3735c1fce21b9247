import { CountersignError } from '../domain/errors.js';

/** Returns the only answer to a failed authentication by a credential; `internal` is the reason for the log. */
export function invalidClient(internal: string): CountersignError {
  return new CountersignError(
    'invalid_client',
    'The client is unknown or its credential is not valid.',
    { challenge: 'Basic' },
    internal,
  );
}

/** Returns the answer to a request on the sidecar listener that names an agent other than the listener's. */
export function notSidecarAgent(): CountersignError {
  return new CountersignError(
    'invalid_client',
    'agent_id is not the agent of this listener.',
    {
      challenge: 'Basic',
      hint: 'Omit agent_id; listeners.sidecar.agent_id names the agent.',
    },
    'the body names another agent than the sidecar listener',
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
