import type { SecretShape, Span } from './finders.js';

/** Returns true for a text with a secret of any of the shapes, in linear time. */
export function holdsSecret(text: string, shapes: readonly SecretShape[]): boolean {
  return shapes.some((shape) => shape(text, 0) !== undefined);
}

/** Replaces every secret of the shapes in a text; overlapping secrets are replaced as one. */
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

/** Yields every secret of one shape in text order, without overlaps. */
function* spansOf(text: string, shape: SecretShape): Generator<Span> {
  for (let span = shape(text, 0); span !== undefined; span = shape(text, span.end)) yield span;
}
