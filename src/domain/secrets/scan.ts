import type { SecretShape, Span } from './finders.js';

/** Whether a text holds a secret of any of the shapes. Takes time in proportion to the text. */
export function holdsSecret(text: string, shapes: readonly SecretShape[]): boolean {
  return shapes.some((shape) => shape(text, 0) !== undefined);
}

/** The text with every secret of the shapes replaced; secrets that overlap are replaced as one. */
export function maskSecrets(text: string, shapes: readonly SecretShape[], mask: string): string {
  const spans = shapes.flatMap((shape) => [...spansOf(text, shape)]);
  if (spans.length === 0) return text;
  spans.sort((a, b) => a.start - b.start);
  let out = '';
  let at = 0;
  for (const { start, end } of spans) {
    if (start >= at) out += text.slice(at, start) + mask;
    at = Math.max(at, end);
  }
  return out + text.slice(at);
}

/** Every secret of one shape, in the order of the text; none overlaps another. */
function* spansOf(text: string, shape: SecretShape): Generator<Span> {
  for (let span = shape(text, 0); span !== undefined; span = shape(text, span.end)) yield span;
}
