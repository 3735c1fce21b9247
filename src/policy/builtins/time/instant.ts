import { isArray, type Term } from '../../json/terms.js';
import { BuiltinError } from '../host-builtin.js';
import { int64, text } from '../operands.js';

export const NANOS_PER_SECOND = 1_000_000_000n;

/** A date and wall-clock time in a zone. */
export interface WallTime {
  readonly year: number;
  /** Month, 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanos: number;
  /** Seconds east of UTC. */
  readonly offsetSeconds: number;
}

/** Nanoseconds since the Unix epoch, the zone to show them in, and a layout for formatting. */
export interface Instant {
  readonly nanos: bigint;
  readonly zone: string;
  readonly layout: string;
}

/** Reads `ns`, `[ns]`, `[ns, zone]` or `[ns, zone, layout]`. Throws BuiltinError. */
export function instantOf(operand: Term | undefined): Instant {
  if (operand === undefined || !isArray(operand)) {
    return { nanos: int64(operand), zone: 'UTC', layout: '' };
  }
  const [nanos, zone = 'UTC', layout = ''] = operand;
  return { nanos: int64(nanos), zone: zoneName(text(zone)), layout: text(layout) };
}

function zoneName(name: string): string {
  if (name === '') return 'UTC';
  // `Local` would make the answer depend on the machine.
  if (name === 'Local' || !/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) {
    throw new BuiltinError(`${JSON.stringify(name)} is not a time zone`);
  }
  return name;
}

export function wallTime({ nanos, zone }: Instant): WallTime {
  const seconds = floorDiv(nanos, NANOS_PER_SECOND);
  const offsetSeconds = zoneOffset(Number(seconds), zone);
  const shown = new Date((Number(seconds) + offsetSeconds) * 1000);
  return {
    year: shown.getUTCFullYear(),
    month: shown.getUTCMonth() + 1,
    day: shown.getUTCDate(),
    hour: shown.getUTCHours(),
    minute: shown.getUTCMinutes(),
    second: shown.getUTCSeconds(),
    nanos: Number(nanos - seconds * NANOS_PER_SECOND),
    offsetSeconds,
  };
}

/** Returns the day of the week, 0 for Sunday. */
export function weekdayOf({ year, month, day }: WallTime): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay();
}

/** Returns seconds since the epoch of a wall-clock time in a zone; members overflow as in Go. */
export function secondsOf(
  date: readonly [year: number, month: number, day: number],
  clock: readonly [hour: number, minute: number, second: number],
  zone: string,
): bigint {
  const [year, month, day] = date;
  const shown = Date.UTC(year, month - 1, day, ...clock) / 1000;
  if (!Number.isSafeInteger(shown))
    throw new BuiltinError('the time is outside of the valid range');
  const first = zoneOffset(shown, zone);
  // Near a clock change, the offset of the instant itself applies.
  return BigInt(first === 0 ? shown : shown - zoneOffset(shown - first, zone));
}

/** Refuses times outside int64 nanoseconds, as OPA does. Throws BuiltinError. */
export function inRange(nanos: bigint): bigint {
  if (BigInt.asIntN(64, nanos) === nanos) return nanos;
  throw new BuiltinError('the time is outside of the valid range');
}

const MAX_ZONES = 600;
const zones = new Map<string, Intl.DateTimeFormat>();

function zoneOffset(seconds: number, zone: string): number {
  if (zone === 'UTC') return 0;
  const parts = formatter(zone).formatToParts(seconds * 1000);
  const part = (type: string): number => Number(parts.find((p) => p.type === type)?.value);
  const [year, month, day] = [part('year'), part('month') - 1, part('day')];
  return Date.UTC(year, month, day, part('hour'), part('minute'), part('second')) / 1000 - seconds;
}

function formatter(zone: string): Intl.DateTimeFormat {
  const known = zones.get(zone);
  if (known !== undefined) return known;
  let made: Intl.DateTimeFormat;
  try {
    made = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (error) {
    throw new BuiltinError(`${JSON.stringify(zone)} is not a time zone`, { cause: error });
  }
  if (zones.size >= MAX_ZONES) zones.clear();
  zones.set(zone, made);
  return made;
}

function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}
