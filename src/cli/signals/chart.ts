import type { Style } from './style.js';

/** Numbers for the 24 hours of a day. */
export interface DayChart {
  readonly title: string;
  readonly expected: readonly number[];
  /** Undefined when unknown. */
  readonly actual: readonly number[] | undefined;
}

const LABEL = 10;
const HOURS = 24;
/** Width of ` 1234.5 max` at the end of a row. */
const NOTE = 12;
const MAX_WIDTH = 3;

/** Draws a chart: axis, expected and actual values. Charts with one `scale` are comparable. */
export function drawDay(chart: DayChart, scale: number, style: Style): string[] {
  const width = Math.min(
    MAX_WIDTH,
    Math.max(1, Math.floor((style.columns - LABEL - NOTE) / HOURS)),
  );
  const rows = [`${chart.title.padEnd(LABEL)}${axis(width)}`];
  rows.push(row('expected', chart.expected, chart.expected, { scale, width, style }));
  if (chart.actual !== undefined) {
    rows.push(row('actual', chart.actual, chart.expected, { scale, width, style }));
  }
  return rows;
}

/** Returns the largest number of several charts. */
export function scaleOf(charts: readonly DayChart[]): number {
  return Math.max(0, ...charts.flatMap(({ expected, actual = [] }) => [...expected, ...actual]));
}

function axis(width: number): string {
  const marks = [0, 6, 12, 18].map((hour) =>
    String(hour)
      .padStart(2, '0')
      .padEnd(6 * width),
  );
  return marks.join('').trimEnd();
}

interface RowStyle {
  readonly scale: number;
  readonly width: number;
  readonly style: Style;
}

function row(
  label: string,
  values: readonly number[],
  expected: readonly number[],
  { scale, width, style }: RowStyle,
): string {
  const cells = values.map((value, hour) => {
    const cell = level(value, scale, style).repeat(width);
    return value > 2 * (expected[hour] ?? 0) + 1 ? style.paint(cell, 'yellow') : cell;
  });
  const note = ` ${brief(Math.max(0, ...values))} max`;
  const fits = LABEL + HOURS * width + note.length <= style.columns;
  return `${label.padEnd(LABEL)}${cells.join('')}${fits ? note : ''}`.trimEnd();
}

/** Returns the mark of a value; a positive value is never drawn as empty. */
function level(value: number, scale: number, { levels }: Style): string {
  if (!(value > 0) || scale <= 0) return levels[0] ?? ' ';
  const top = levels.length - 1;
  return levels[Math.min(top, Math.max(1, Math.round((value / scale) * top)))] ?? ' ';
}

/** Draws a share from 0 to 1 as a bar. */
export function drawBar(share: number, width: number, { bar: [full, empty] }: Style): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return full.repeat(filled) + empty.repeat(width - filled);
}

/** Formats a number with few significant digits. */
export function brief(value: number): string {
  return String(Math.abs(value) >= 10 ? Math.round(value) : Number(value.toPrecision(2)));
}
