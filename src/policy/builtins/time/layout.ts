/** Layouts that go by a name, as in Go's time package. */
export const NAMED_LAYOUTS: Readonly<Record<string, string>> = {
  ANSIC: 'Mon Jan _2 15:04:05 2006',
  UnixDate: 'Mon Jan _2 15:04:05 MST 2006',
  RubyDate: 'Mon Jan 02 15:04:05 -0700 2006',
  RFC822: '02 Jan 06 15:04 MST',
  RFC822Z: '02 Jan 06 15:04 -0700',
  RFC850: 'Monday, 02-Jan-06 15:04:05 MST',
  RFC1123: 'Mon, 02 Jan 2006 15:04:05 MST',
  RFC1123Z: 'Mon, 02 Jan 2006 15:04:05 -0700',
  RFC3339: '2006-01-02T15:04:05Z07:00',
  RFC3339Nano: '2006-01-02T15:04:05.999999999Z07:00',
};

export const MONTHS =
  'January February March April May June July August September October November December'.split(
    ' ',
  );
export const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

const VERB = new RegExp(
  [
    'January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|PM|pm',
    '[Z-]07:00:00|[Z-]070000|[Z-]07:00|[Z-]0700|[Z-]07',
    '002|__2|_2(?!006)|0[1-6]|15|[12345]',
    '[.,]0+(?![0-9])|[.,]9+(?![0-9])',
  ].join('|'),
  'g',
);

export interface LayoutPart {
  readonly kind: 'verb' | 'literal';
  readonly text: string;
}

/** Takes a Go layout apart. */
export function layoutParts(layout: string): LayoutPart[] {
  const parts: LayoutPart[] = [];
  let at = 0;
  for (const { 0: verb, index } of layout.matchAll(VERB)) {
    if (index > at) parts.push({ kind: 'literal', text: layout.slice(at, index) });
    parts.push({ kind: 'verb', text: verb });
    at = index + verb.length;
  }
  if (at < layout.length) parts.push({ kind: 'literal', text: layout.slice(at) });
  return parts;
}
