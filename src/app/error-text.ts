import { causeOf } from '../redis/failure.js';

/** Causes that are followed; more are a mistake. */
const MOST_CAUSES = 4;

/**
 * Returns the message of an error for the log, followed by that of its last cause: a 503 says what could not be done,
 * its cause why. Arguments of Redis commands are cut off.
 */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  let last: Error = error;
  for (let i = 0; i < MOST_CAUSES && last.cause instanceof Error; i++) last = last.cause;
  if (last === error) return error.message;
  const cause = causeOf(last);
  return error.message.includes(cause) ? error.message : `${error.message}: ${cause}`;
}
