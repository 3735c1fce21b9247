import type { Lost } from '../summary.js';
import { line, picture, rect, text } from './svg.js';

const ROW = 26;
const ZERO = 540;
/** Pixels for the whole of a recall. */
const SCALE = 1600;

/** What the mean recall of all kinds but the mimic loses without each term, the largest loss first. */
export function ablationPlot(lost: readonly Lost[]): string {
  const sorted = [...lost].sort((a, b) => (a.macroOfAll[0] ?? 0) - (b.macroOfAll[0] ?? 0));
  const worst = Math.max(0.01, ...sorted.map(({ macroOfAll }) => Math.abs(macroOfAll[0] ?? 0)));
  const scale = Math.min(SCALE, 420 / worst);
  const height = 80 + sorted.length * ROW;
  return picture(
    860,
    height,
    'Change of the mean recall of eleven kinds without a term, at one false alert per agent-month',
    [
      line([ZERO, 50], [ZERO, height - 20], '#333'),
      ...sorted.flatMap(({ term, macroOfAll }, at) => {
        const change = macroOfAll[0] ?? 0;
        const y = 58 + at * ROW;
        const width = Math.abs(change) * scale;
        return [
          rect(
            [change < 0 ? ZERO - width : ZERO, y],
            width,
            18,
            change < 0 ? '#0072b2' : '#d55e00',
          ),
          text([Math.max(ZERO, change > 0 ? ZERO + width : 0) + 12, y + 14], term),
          text([ZERO - width - 8, y + 14], change.toFixed(3), { anchor: 'end' }),
        ];
      }),
    ],
  );
}
