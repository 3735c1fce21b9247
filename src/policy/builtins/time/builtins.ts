import type { HostBuiltin } from '../host-builtin.js';
import { exact, int, text } from '../operands.js';
import { parseDuration } from './duration.js';
import { formatTime } from './format.js';
import {
  inRange,
  instantOf,
  NANOS_PER_SECOND,
  secondsOf,
  wallTime,
  weekdayOf,
  type Instant,
} from './instant.js';
import { WEEKDAYS } from './layout.js';
import { parseTime } from './parse.js';

/** OPA's `time.*` without `time.now_ns`: decisions must be replayable, so the time is in the input. */
export const timeBuiltins: Readonly<Record<string, HostBuiltin>> = {
  'time.parse_rfc3339_ns': {
    arity: 1,
    call: (value) => exact(parseTime('RFC3339', text(value))),
  },
  'time.parse_ns': {
    arity: 2,
    call: (layout, value) => exact(parseTime(text(layout), text(value))),
  },
  'time.parse_duration_ns': { arity: 1, call: (value) => exact(parseDuration(text(value))) },
  'time.date': {
    arity: 1,
    call: (at) => {
      const { year, month, day } = wallTime(instantOf(at));
      return [year, month, day];
    },
  },
  'time.clock': {
    arity: 1,
    call: (at) => {
      const { hour, minute, second } = wallTime(instantOf(at));
      return [hour, minute, second];
    },
  },
  'time.weekday': { arity: 1, call: (at) => WEEKDAYS[weekdayOf(wallTime(instantOf(at)))] },
  'time.format': {
    arity: 1,
    call: (at) => {
      const instant = instantOf(at);
      return formatTime(wallTime(instant), instant.zone, instant.layout);
    },
  },
  'time.add_date': {
    arity: 4,
    call: (at, years, months, days) =>
      exact(addDate(instantOf(at), int(years), int(months), int(days))),
  },
  'time.diff': { arity: 2, call: (a, b) => difference(instantOf(a), instantOf(b)) },
};

function addDate(at: Instant, years: number, months: number, days: number): bigint {
  const { year, month, day, hour, minute, second, nanos } = wallTime(at);
  const date = [year + years, month + months, day + days] as const;
  const seconds = secondsOf(date, [hour, minute, second], at.zone);
  return inRange(seconds * NANOS_PER_SECOND + BigInt(nanos));
}

/** Returns years to seconds between two instants, in the zone of the first one. */
function difference(a: Instant, b: Instant): number[] {
  const second = { ...b, zone: a.zone };
  const [from, to] = a.nanos > b.nanos ? [second, a] : [a, second];
  const [start, end] = [wallTime(from), wallTime(to)];
  const parts = [
    end.year - start.year,
    end.month - start.month,
    end.day - start.day,
    end.hour - start.hour,
    end.minute - start.minute,
    end.second - start.second,
  ];
  const daysInMonth = new Date(Date.UTC(start.year, start.month, 0)).getUTCDate();
  const bases = [0, 12, daysInMonth, 24, 60, 60];
  for (let i = 5; i > 0; i--) {
    if ((parts[i] ?? 0) >= 0) continue;
    parts[i] = (parts[i] ?? 0) + (bases[i] ?? 0);
    parts[i - 1] = (parts[i - 1] ?? 0) - 1;
  }
  return parts;
}
