import { line, text, type Point } from './svg.js';

/** The rectangle a plot is drawn in, and how values become places. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Marks on the vertical axis, with grid lines; `at` is a share of the height, from below. */
export function yMarks(
  { left, top, width, height }: Frame,
  marks: readonly { readonly at: number; readonly label: string }[],
): string[] {
  return marks.flatMap(({ at, label }) => {
    const y = top + height * (1 - at);
    return [line([left, y], [left + width, y]), text([left - 8, y + 4], label, { anchor: 'end' })];
  });
}

export const shareMarks = [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: String(at) }));

export const placeIn =
  ({ left, top, width, height }: Frame) =>
  (x: number, y: number): Point => [left + width * x, top + height * (1 - y)];
