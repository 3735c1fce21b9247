import type { RateState } from '../domain/budget.js';

/**
 * Returns the headers that announce a budget, in both forms in use: `RateLimit-Policy` and `RateLimit` as structured
 * fields (draft-ietf-httpapi-ratelimit-headers-10), and the three plain fields of its revision 06, which more clients
 * read. Times are whole seconds, rounded up. These headers are hints; `Retry-After` of a refusal is binding, and the
 * reset of a refusal is the same moment (draft 06, section 4).
 * @param retryAfterSeconds value of `Retry-After` in a refusal; without it, the reset is when the budget is full
 */
export function rateHeaders(rate: RateState, retryAfterSeconds?: number): string[] {
  const { bucket, limit, perMinute } = rate;
  const remaining = Math.max(0, Math.floor(rate.remaining));
  const resetSeconds = retryAfterSeconds ?? Math.max(0, Math.ceil(rate.resetMs / 1000));
  // The time to refill the whole budget.
  const windowSeconds = Math.max(1, Math.ceil((limit * 60) / perMinute));
  return [
    ...['RateLimit-Limit', String(limit)],
    ...['RateLimit-Remaining', String(remaining)],
    ...['RateLimit-Reset', String(resetSeconds)],
    ...['RateLimit-Policy', `"${bucket}";q=${String(limit)};w=${String(windowSeconds)}`],
    ...['RateLimit', `"${bucket}";r=${String(remaining)};t=${String(resetSeconds)}`],
  ];
}
