/** Named layouts of Go's time package. */
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
    'January|Jan|Monday|Mon|MST|2006|PM|pm',
    '[Z-]07:00:00|[Z-]070000|[Z-]07:00|[Z-]0700|[Z-]07',
    '002|__2|_2|0[1-6]|15|[12345]',
    '[.,]0+|[.,]9+',
  ].join('|'),
  'g',
);

export interface LayoutPart {
  readonly kind: 'verb' | 'literal';
  readonly text: string;
}

/** Splits a Go layout into parts. */
export function layoutParts(layout: string): LayoutPart[] {
  const parts: LayoutPart[] = [];
  let at = 0;
  for (const { verb, index } of verbsOf(layout)) {
    if (index > at) parts.push({ kind: 'literal', text: layout.slice(at, index) });
    parts.push({ kind: 'verb', text: verb });
    at = index + verb.length;
  }
  if (at < layout.length) parts.push({ kind: 'literal', text: layout.slice(at) });
  return parts;
}

function* verbsOf(layout: string): Generator<{ readonly verb: string; readonly index: number }> {
  VERB.lastIndex = 0;
  for (let found = VERB.exec(layout); found !== null; found = VERB.exec(layout)) {
    const { 0: verb, index } = found;
    const end = VERB.lastIndex;
    if (isPartOfMore(verb, layout.slice(end, end + 3))) VERB.lastIndex = index + 1;
    else yield { verb, index };
  }
}

/** Returns whether a verb belongs to a longer text: `January`, `_2006`, `.001`. */
function isPartOfMore(verb: string, next: string): boolean {
  if (verb === 'Jan' || verb === 'Mon') return /^[a-z]/.test(next);
  if (verb === '_2') return next === '006';
  return /^[.,]/.test(verb) && /^[0-9]/.test(next);
}
