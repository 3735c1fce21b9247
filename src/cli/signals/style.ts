import type { Terminal } from '../terminal.js';

/** What this terminal can show. */
export interface Style {
  /** Width to stay within. */
  readonly columns: number;
  /** From nothing to full, for charts. */
  readonly levels: readonly string[];
  /** Full and empty parts of a bar. */
  readonly bar: readonly [full: string, empty: string];
  /** What stands for the end of a text that was cut. */
  readonly cut: string;
  paint(text: string, colour: Colour): string;
}

export type Colour = 'red' | 'yellow' | 'bold';

const CODES: Readonly<Record<Colour, string>> = { red: '31', yellow: '33', bold: '1' };
const BLOCKS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII = [' ', '.', ':', '-', '=', '+', '*', '#', '@'];
/** For what is no terminal, such as a pipe. */
const DEFAULT_COLUMNS = 80;
const MIN_COLUMNS = 40;

/** Blocks in a terminal that shows UTF-8, ASCII elsewhere; colour in a terminal unless NO_COLOR is set. */
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
