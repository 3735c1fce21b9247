import { shareMarks, yMarks, type Frame } from './frame.js';
import { colourOf, legend, line, picture, rect, text } from './svg.js';

export interface Group {
  readonly name: string;
  /** One bar a series, each in [0, 1]; the deviation is drawn as a whisker. */
  readonly values: readonly { readonly mean: number; readonly deviation: number }[];
}

const WIDTH = 960;
const HEIGHT = 360;
const FRAME: Frame = { left: 56, top: 70, width: 884, height: 230 };

/** Groups of bars, one colour per series. */
export function barPlot(
  title: string,
  series: readonly string[],
  groups: readonly Group[],
): string {
  const step = FRAME.width / groups.length;
  const bar = (step * 0.8) / series.length;
  const { top, left, height } = FRAME;
  const pieces = groups.flatMap(({ name, values }, group) => [
    text([left + step * (group + 0.5), top + height + 20], name, { anchor: 'middle' }),
    ...values.flatMap(({ mean, deviation }, at) => {
      const x = left + step * (group + 0.1) + at * bar;
      const y = (share: number): number => top + height * (1 - Math.min(1, Math.max(0, share)));
      return [
        rect([x, y(mean)], bar - 1, top + height - y(mean), colourOf(at)),
        ...(deviation > 0
          ? [line([x + bar / 2, y(mean - deviation)], [x + bar / 2, y(mean + deviation)], '#333')]
          : []),
      ];
    }),
  ]);
  return picture(WIDTH, HEIGHT, title, [
    legend([left, 50], series, 170),
    ...yMarks(FRAME, shareMarks),
    ...pieces,
    text([left, HEIGHT - 14], 'mean over the seeds; the whisker is one standard deviation'),
  ]);
}
