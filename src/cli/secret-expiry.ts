import type { SecretListAnswer } from '../domain/answers.generated.js';
import { READER, type Reader } from './values.js';

const secret: Reader<SecretListAnswer['items'][number]> = READER;

const DAY_MS = 86_400_000;
/** A secret that expires within this time is named in lists. */
const SOON_MS = 14 * DAY_MS;

/** Formats the time since a moment: `5 min`, `3 h`, `12 d`. */
export function formatAge(sinceMs: number | undefined, nowMs: number): string {
  if (sinceMs === undefined) return '';
  const minutes = Math.max(0, Math.floor((nowMs - sinceMs) / 60_000));
  if (minutes < 120) return `${String(minutes)} min`;
  if (minutes < 2880) return `${String(Math.floor(minutes / 60))} h`;
  return `${String(Math.floor(minutes / 1440))} d`;
}

/** Formats a secret that has expired or soon will; empty for every other one. */
export function formatExpiry(endMs: number | undefined, nowMs: number): string {
  if (endMs === undefined || endMs - nowMs > SOON_MS) return '';
  return endMs <= nowMs ? 'expired' : `expires in ${formatAge(nowMs, endMs)}`;
}

/** Formats the secret of a client that expires first; empty when none expires soon. */
export function formatFirstExpiry(endsMs: readonly (number | undefined)[], nowMs: number): string {
  const ends = endsMs.filter((end) => end !== undefined);
  return ends.length === 0 ? '' : formatExpiry(Math.min(...ends), nowMs);
}

/** Returns the end of a secret in an answer; undefined when it does not expire. */
export function endOf(row: unknown): number | undefined {
  return secret.number(row, 'expires_at_ms');
}
