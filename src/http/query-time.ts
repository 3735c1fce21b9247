import { CountersignError } from '../domain/errors.js';

const MILLISECONDS = /^(?:0|[1-9][0-9]{0,14})$/;
const RFC3339 =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})$/;

/** Parses a query's time, RFC 3339 or a number, to milliseconds since the Unix epoch. */
export function timeOf(name: string, text: string): number {
  if (MILLISECONDS.test(text)) return Number(text);
  // An unescaped + of the query arrives as a space.
  const match = RFC3339.exec(text.replace(/ ([0-9]{2}:[0-9]{2})$/, '+$1'));
  if (match !== null) {
    const [, date = '', time = '', fraction = '', zone = ''] = match;
    const ms = Date.parse(`${date}T${time}${fraction.slice(0, 4)}${zone.toUpperCase()}`);
    if (Number.isFinite(ms) && isRealDate(date)) return ms;
  }
  throw new CountersignError(
    'invalid_request',
    `${name} must be an RFC 3339 time or milliseconds since the Unix epoch.`,
  );
}

// Date.parse accepts 30 February as 1 or 2 March.
function isRealDate(date: string): boolean {
  const midnight = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
}
