import { BuiltinError } from '../host-builtin.js';
import { inRange, NANOS_PER_SECOND } from './instant.js';
import { layoutParts, MONTHS, NAMED_LAYOUTS, WEEKDAYS } from './layout.js';

interface Fields {
  year: number;
  month: number;
  day: number;
  yearDay: number | undefined;
  hour: number;
  minute: number;
  second: number;
  nanos: number;
  pm: boolean | undefined;
  offsetSeconds: number;
}

/** Parses like Go's time.Parse, to nanoseconds since the epoch. Throws BuiltinError. */
export function parseTime(layout: string, value: string): bigint {
  const fields: Fields = {
    ...{ year: 0, month: 1, day: 1, yearDay: undefined },
    ...{ hour: 0, minute: 0, second: 0, nanos: 0, pm: undefined, offsetSeconds: 0 },
  };
  let rest = value;
  const parts = layoutParts(NAMED_LAYOUTS[layout] ?? layout);
  for (const [i, { kind, text }] of parts.entries()) {
    const next = parts[i + 1]?.text ?? '';
    rest =
      kind === 'literal' ? afterLiteral(rest, text) : afterVerb(rest, text, next, fields, value);
  }
  if (rest !== '') throw new BuiltinError('text after the time');
  return toNanos(fields);
}

function afterLiteral(rest: string, literal: string): string {
  if (rest.startsWith(literal)) return rest.slice(literal.length);
  throw new BuiltinError('the text does not match the layout');
}

type Rule = readonly [pattern: RegExp, take: (fields: Fields, found: string) => void];

const RULES: Readonly<Record<string, Rule>> = {
  '2006': [/^\d{4}/, (f, s) => (f.year = Number(s))],
  '06': [/^\d{2}/, (f, s) => (f.year = Number(s) + (Number(s) >= 69 ? 1900 : 2000))],
  January: [/^[A-Za-z]+/, (f, s) => (f.month = indexIn(MONTHS, s) + 1)],
  Jan: [/^[A-Za-z]{3}/, (f, s) => (f.month = indexIn(MONTHS.map(short), s) + 1)],
  Monday: [/^[A-Za-z]+/, (_f, s) => indexIn(WEEKDAYS, s)],
  Mon: [/^[A-Za-z]{3}/, (_f, s) => indexIn(WEEKDAYS.map(short), s)],
  '01': [/^\d{2}/, (f, s) => (f.month = within(s, 1, 12))],
  '1': [/^\d{1,2}/, (f, s) => (f.month = within(s, 1, 12))],
  '02': [/^\d{2}/, (f, s) => (f.day = Number(s))],
  _2: [/^ ?\d{1,2}/, (f, s) => (f.day = Number(s))],
  '2': [/^\d{1,2}/, (f, s) => (f.day = Number(s))],
  '002': [/^\d{3}/, (f, s) => (f.yearDay = Number(s))],
  __2: [/^ {0,2}\d{1,3}/, (f, s) => (f.yearDay = Number(s))],
  '15': [/^\d{2}/, (f, s) => (f.hour = within(s, 0, 23))],
  '03': [/^\d{2}/, (f, s) => (f.hour = within(s, 0, 12))],
  '3': [/^\d{1,2}/, (f, s) => (f.hour = within(s, 0, 12))],
  '04': [/^\d{2}/, (f, s) => (f.minute = within(s, 0, 59))],
  '4': [/^\d{1,2}/, (f, s) => (f.minute = within(s, 0, 59))],
  '05': [/^\d{2}/, (f, s) => (f.second = within(s, 0, 59))],
  '5': [/^\d{1,2}/, (f, s) => (f.second = within(s, 0, 59))],
  PM: [/^(?:AM|PM)/, (f, s) => (f.pm = s === 'PM')],
  pm: [/^(?:am|pm)/, (f, s) => (f.pm = s === 'pm')],
  // Other abbreviations are ambiguous: their offset depends on the place.
  MST: [/^(?:UTC|GMT)(?![A-Za-z+-])/, (f) => (f.offsetSeconds = 0)],
};

function afterVerb(
  rest: string,
  verb: string,
  next: string,
  fields: Fields,
  value: string,
): string {
  const [pattern, take] = RULES[verb] ?? openRule(verb);
  const found = pattern.exec(rest)?.[0];
  if (found === undefined) throw new BuiltinError(`${JSON.stringify(value)} has no ${verb}`);
  take(fields, found);
  const after = rest.slice(found.length);
  if ((verb === '05' || verb === '5') && !/^[.,][09]/.test(next))
    return afterFraction(after, fields);
  return after;
}

/** Parses a fraction after the seconds. Go accepts one even when the layout has none. */
function afterFraction(rest: string, fields: Fields): string {
  const fraction = /^[.,]\d+/.exec(rest)?.[0];
  if (fraction === undefined) return rest;
  fields.nanos = fractionNanos(fraction);
  return rest.slice(fraction.length);
}

function openRule(verb: string): Rule {
  if (/^[.,]/.test(verb)) {
    const digits = String(verb.length - 1);
    const pattern = verb[1] === '0' ? new RegExp(`^[.,]\\d{${digits}}`) : /^(?:[.,]\d+)?/;
    return [pattern, (f, s) => (f.nanos = s === '' ? 0 : fractionNanos(s))];
  }
  const body = verb.slice(1).replace(/\d\d/g, '\\d\\d');
  const zulu = verb.startsWith('Z') ? 'Z|' : '';
  return [new RegExp(`^(?:${zulu}[+-]${body})`), (f, s) => (f.offsetSeconds = offsetOf(s))];
}

function offsetOf(found: string): number {
  if (found === 'Z') return 0;
  const [hours = 0, minutes = 0, seconds = 0] = (found.match(/\d\d/g) ?? []).map(Number);
  if (hours > 24 || minutes > 59 || seconds > 59) throw new BuiltinError('the offset is too large');
  const total = hours * 3600 + minutes * 60 + seconds;
  return found.startsWith('-') ? -total : total;
}

function fractionNanos(found: string): number {
  return Number(found.slice(1, 10).padEnd(9, '0'));
}

function toNanos(fields: Fields): bigint {
  const { year, minute, second, nanos, offsetSeconds, pm } = fields;
  const hour =
    pm === true && fields.hour < 12
      ? fields.hour + 12
      : pm === false && fields.hour === 12
        ? 0
        : fields.hour;
  const date = new Date(0);
  if (fields.yearDay === undefined) date.setUTCFullYear(year, fields.month - 1, fields.day);
  else date.setUTCFullYear(year, 0, fields.yearDay);
  const asked =
    fields.yearDay === undefined ? date.getUTCDate() === fields.day : fields.yearDay > 0;
  if (!asked || date.getUTCFullYear() !== year) throw new BuiltinError('the day does not exist');
  const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offsetSeconds;
  return inRange(BigInt(seconds) * NANOS_PER_SECOND + BigInt(nanos));
}

function indexIn(names: readonly string[], found: string): number {
  const index = names.findIndex((name) => name.toLowerCase() === found.toLowerCase());
  if (index === -1) throw new BuiltinError(`${found} is not a name of a day or month`);
  return index;
}

function short(name: string): string {
  return name.slice(0, 3);
}

function within(found: string, min: number, max: number): number {
  const value = Number(found);
  if (value < min || value > max) throw new BuiltinError(`${found} is out of range`);
  return value;
}
