import { ATTACKS, BENIGN, PATTERNS } from './generator/parameters.js';
import { tableOf } from './markdown.js';

/** Every parameter of the generator with its value, for the page. */
export function parameterTables(): string {
  return [
    table('usual behaviour', BENIGN),
    table('pattern', PATTERNS),
    table('compromise', ATTACKS),
  ].join('\n\n');
}

const table = (title: string, group: object): string =>
  tableOf(
    [title, 'value'],
    rowsOf(group, '').map(([name, value]) => [`\`${name}\``, value]),
  );

function rowsOf(group: object, prefix: string): [string, string][] {
  return Object.entries(group).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? rowsOf(value, `${prefix}${name}.`)
      : [[`${prefix}${name}`, shown(value)] as [string, string]],
  );
}

/** Two numbers are a range. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 2 ? value.join(' to ') : value.join(', ');
  return typeof value === 'number' ? String(Number(value.toFixed(4))) : String(value);
}
