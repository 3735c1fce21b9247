import { placeIn, shareMarks, yMarks, type Frame } from './frame.js';
import { circle, colourOf, legend, line, picture, polyline, text } from './svg.js';

const CURVES: Frame = { left: 60, top: 70, width: 620, height: 330 };

/** Precision over recall, one curve a detector; the points are at equal steps of recall. */
export function precisionRecallPlot(
  curves: readonly { readonly name: string; readonly precisions: readonly number[] }[],
): string {
  const place = placeIn(CURVES);
  const { left, top, width, height } = CURVES;
  return picture(860, 450, 'Precision over recall, agent-hours', [
    ...yMarks(CURVES, shareMarks),
    ...shareMarks.map(({ at, label }) =>
      text([left + width * at, top + height + 20], label, { anchor: 'middle' }),
    ),
    text([left, top - 14], 'precision'),
    text([left + width, top + height + 38], 'recall', { anchor: 'end' }),
    ...curves.flatMap(({ name, precisions }, at) => [
      polyline(
        precisions.map((precision, step) => place((step + 1) / precisions.length, precision)),
        colourOf(at),
      ),
      line([700, 90 + at * 22], [724, 90 + at * 22], colourOf(at), 3),
      text([730, 94 + at * 22], name),
    ]),
  ]);
}

const DELAYS: Frame = { left: 90, top: 70, width: 850, height: 230 };
/** Minutes, on a scale of powers of ten. */
const DELAY_MARKS = [
  { minutes: 1, label: '1 min' },
  { minutes: 10, label: '10 min' },
  { minutes: 60, label: '1 h' },
  { minutes: 1440, label: '1 day' },
  { minutes: 14400, label: '10 days' },
];
const LONGEST = Math.log10(20_000);

export interface DelayGroup {
  readonly name: string;
  readonly delays: readonly { readonly median?: number; readonly p90?: number }[];
}

/** Median (dot) and 90th percentile (end of the line) of the time to detect; what was never detected is missing. */
export function delayPlot(series: readonly string[], groups: readonly DelayGroup[]): string {
  const share = (minutes: number): number => Math.log10(Math.max(minutes, 1)) / LONGEST;
  const place = placeIn(DELAYS);
  const marks = DELAY_MARKS.map(({ minutes, label }) => ({ at: share(minutes), label }));
  return picture(960, 360, 'Time to detect, at one false alert per agent-month', [
    legend([90, 50], series, 170),
    ...yMarks(DELAYS, marks),
    ...groups.flatMap(({ name, delays }, group) => [
      text(placeBelow(group, groups.length), name, { anchor: 'middle' }),
      ...delays.flatMap(({ median, p90 }, at) => {
        if (median === undefined || p90 === undefined) return [];
        const x = (group + 0.15 + (0.7 * (at + 0.5)) / series.length) / groups.length;
        return [
          line(place(x, share(median)), place(x, share(p90)), colourOf(at), 3),
          circle(place(x, share(median)), 5, colourOf(at)),
        ];
      }),
    ]),
    text([90, 346], 'dot: median, end of the line: 90th percentile, of those that are detected'),
  ]);
}

const placeBelow = (group: number, groups: number): [number, number] => [
  DELAYS.left + (DELAYS.width * (group + 0.5)) / groups,
  DELAYS.top + DELAYS.height + 20,
];
