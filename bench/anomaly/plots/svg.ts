/** Pieces of an SVG picture. Colours that people with colour blindness distinguish (Okabe and Ito). */
export const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#999999', '#d55e00'] as const;
export const colourOf = (at: number): string => COLOURS[at % COLOURS.length] ?? '#000';

export type Point = readonly [x: number, y: number];

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const round = (value: number): string => String(Math.round(value * 10) / 10);

export function text(
  [x, y]: Point,
  content: string,
  { anchor = 'start', size = 12, fill = '#333' } = {},
): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" font-size="${size}" fill="${fill}">${escaped(content)}</text>`;
}

export const rect = ([x, y]: Point, width: number, height: number, fill: string): string =>
  `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(Math.max(height, 0))}" fill="${fill}"/>`;

export const line = (from: Point, to: Point, stroke = '#ddd', width = 1): string =>
  `<line x1="${round(from[0])}" y1="${round(from[1])}" x2="${round(to[0])}" y2="${round(to[1])}" stroke="${stroke}" stroke-width="${width}"/>`;

const path = (points: readonly Point[]): string =>
  points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ');

export const polyline = (points: readonly Point[], stroke: string, width = 2): string =>
  `<polyline points="${path(points)}" fill="none" stroke="${stroke}" stroke-width="${width}"/>`;

export const polygon = (points: readonly Point[], fill: string): string =>
  `<polygon points="${path(points)}" fill="${fill}"/>`;

export const circle = ([x, y]: Point, radius: number, fill: string): string =>
  `<circle cx="${round(x)}" cy="${round(y)}" r="${radius}" fill="${fill}"/>`;

/** Coloured squares with names, in one row. */
export function legend([x, y]: Point, names: readonly string[], gap: number): string {
  return names
    .flatMap((name, at) => [
      rect([x + at * gap, y - 10], 12, 12, colourOf(at)),
      text([x + at * gap + 17, y], name),
    ])
    .join('\n');
}

export function picture(
  width: number,
  height: number,
  title: string,
  pieces: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" role="img">`,
    `<title>${escaped(title)}</title>`,
    rect([0, 0], width, height, '#fff'),
    text([20, 26], title, { size: 16, fill: '#000' }),
    ...pieces,
    '</svg>\n',
  ].join('\n');
}
