import { BuiltinError } from '../host-builtin.js';
import { weekdayOf, type WallTime } from './instant.js';
import { withoutTrailingZeros } from '../trailing-zeros.js';
import { layoutParts, MONTHS, NAMED_LAYOUTS, WEEKDAYS } from './layout.js';

/** Formats like Go's Time.Format; supports the zone abbreviation UTC only. Throws BuiltinError. */
export function formatTime(time: WallTime, zone: string, layout: string): string {
  const named = NAMED_LAYOUTS[layout === '' ? 'RFC3339Nano' : layout] ?? layout;
  return layoutParts(named)
    .map(({ kind, text }) => (kind === 'literal' ? text : formatVerb(text, time, zone)))
    .join('');
}

function formatVerb(verb: string, time: WallTime, zone: string): string {
  const fixed = FORMATS[verb];
  if (fixed !== undefined) return fixed(time);
  if (verb === 'MST') {
    if (zone === 'UTC') return 'UTC';
    throw new BuiltinError('abbreviations of time zones are not supported');
  }
  if (verb.startsWith('Z') || verb.startsWith('-')) return formatOffset(verb, time.offsetSeconds);
  return formatFraction(verb, time.nanos);
}

const FORMATS: Readonly<Record<string, (time: WallTime) => string>> = {
  January: (t) => MONTHS[t.month - 1] ?? '',
  Jan: (t) => (MONTHS[t.month - 1] ?? '').slice(0, 3),
  Monday: (t) => WEEKDAYS[weekdayOf(t)] ?? '',
  Mon: (t) => (WEEKDAYS[weekdayOf(t)] ?? '').slice(0, 3),
  '2006': (t) => pad(t.year, 4),
  '06': (t) => pad(t.year % 100, 2),
  '01': (t) => pad(t.month, 2),
  '1': (t) => String(t.month),
  '02': (t) => pad(t.day, 2),
  _2: (t) => String(t.day).padStart(2),
  '2': (t) => String(t.day),
  '002': (t) => pad(yearDay(t), 3),
  __2: (t) => String(yearDay(t)).padStart(3),
  '15': (t) => pad(t.hour, 2),
  '03': (t) => pad(t.hour % 12 || 12, 2),
  '3': (t) => String(t.hour % 12 || 12),
  '04': (t) => pad(t.minute, 2),
  '4': (t) => String(t.minute),
  '05': (t) => pad(t.second, 2),
  '5': (t) => String(t.second),
  PM: (t) => (t.hour >= 12 ? 'PM' : 'AM'),
  pm: (t) => (t.hour >= 12 ? 'pm' : 'am'),
};

function formatOffset(verb: string, offsetSeconds: number): string {
  if (verb.startsWith('Z') && offsetSeconds === 0) return 'Z';
  const absolute = Math.abs(offsetSeconds);
  const parts = [absolute / 3600, (absolute % 3600) / 60, absolute % 60].map((p) => pad(p, 2));
  const count =
    verb.replaceAll(':', '').length <= 3 ? 1 : verb.replaceAll(':', '').length <= 5 ? 2 : 3;
  const sign = offsetSeconds < 0 ? '-' : '+';
  return sign + parts.slice(0, count).join(verb.includes(':') ? ':' : '');
}

function formatFraction(verb: string, nanos: number): string {
  const digits = pad(nanos, 9).slice(0, verb.length - 1);
  if (verb[1] === '0') return `${verb[0] ?? ''}${digits}`;
  const trimmed = withoutTrailingZeros(digits);
  return trimmed === '' ? '' : `${verb[0] ?? ''}${trimmed}`;
}

function yearDay({ year, month, day }: WallTime): number {
  return (Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 0)) / 86_400_000;
}

function pad(value: number, width: number): string {
  return String(Math.floor(value)).padStart(width, '0');
}
