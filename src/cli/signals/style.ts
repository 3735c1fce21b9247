import type { Terminal } from '../terminal.js';

/** Display capabilities of a terminal. */
export interface Style {
  /** Width limit in columns. */
  readonly columns: number;
  /** Characters of a chart's levels, from empty to full. */
  readonly levels: readonly string[];
  /** Characters of a bar. */
  readonly bar: readonly [full: string, empty: string];
  /** Mark of truncated text. */
  readonly cut: string;
  paint(text: string, colour: Colour): string;
}

export type Colour = 'red' | 'yellow' | 'bold';

const CODES: Readonly<Record<Colour, string>> = { red: '31', yellow: '33', bold: '1' };
const BLOCKS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII = [' ', '.', ':', '-', '=', '+', '*', '#', '@'];
/** Width for output that is not a terminal, such as a pipe. */
const DEFAULT_COLUMNS = 80;
const MIN_COLUMNS = 40;

/** Returns the style: blocks in a UTF-8 terminal, else ASCII; colour in a terminal without NO_COLOR. */
export function styleOf({ env, screen }: Terminal): Style {
  const locale = ['LC_ALL', 'LC_CTYPE', 'LANG'].map((name) => env[name] ?? '').find(Boolean) ?? '';
  const blocks = screen.isTty && /utf-?8/i.test(locale);
  const coloured = screen.isTty && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return {
    columns: Math.max(MIN_COLUMNS, screen.columns ?? DEFAULT_COLUMNS),
    levels: blocks ? BLOCKS : ASCII,
    bar: blocks ? ['█', '░'] : ['#', '.'],
    cut: blocks ? '…' : '~',
    paint: (text, colour) => (coloured ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text),
  };
}

/** Returns the text cut to a number of columns. */
export function fit(text: string, columns: number, { cut }: Style): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}${cut}`;
}
