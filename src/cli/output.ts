import type { Tree } from '../config/tree.js';
import type { Terminal } from './terminal.js';

export interface Column<Row = Tree> {
  readonly title: string;
  readonly value: (row: Row) => string;
}

/** Prints rows aligned under titles, or a note without rows. */
export function printTable<Row = Tree>(
  terminal: Terminal,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): void {
  if (rows.length === 0) {
    terminal.out('nothing found\n');
    return;
  }
  const cells = rows.map((row) => columns.map((column) => plain(column.value(row))));
  const widths = columns.map(({ title }, at) =>
    Math.max(title.length, ...cells.map((line) => (line[at] ?? '').length)),
  );
  const titles = columns.map(({ title }) => title);
  for (const line of [titles, ...cells]) {
    const padded = line.map((cell, at) => cell.padEnd(widths[at] ?? 0));
    terminal.out(`${padded.join('  ').trimEnd()}\n`);
  }
}

/** Prints `name  value` lines, without empty values. */
export function printFields(
  terminal: Terminal,
  fields: readonly (readonly [name: string, value: string])[],
): void {
  const shown = fields.filter(([, value]) => value !== '');
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  for (const [name, value] of shown) terminal.out(`${name.padEnd(width)}  ${plain(value)}\n`);
}

/** Formats a score with three decimals, rounded down so that it never seems past a threshold; empty when absent. */
export function formatScore(score: number | undefined): string {
  return score === undefined ? '' : (Math.floor(score * 1000) / 1000).toFixed(3);
}

export function printJson(terminal: Terminal, value: unknown): void {
  terminal.out(`${JSON.stringify(value, null, 2)}\n`);
}

/** Escapes foreign text: it must not move the cursor, control the terminal or fake a line. */
export function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�');
}
