import { TERM_NAMES, type SignalTerm } from '../../domain/signals.js';

/** Significant digits of a term, for human readers. */
const DIGITS = 6;
const BILLION = 1e9;

/**
 * Returns the terms of a reply, largest score first.
 * Each has a number and, in 1e-9, its value, the expected value and its score. Throws on an unknown term.
 */
export function termsOf(row: readonly (string | number | null)[]): SignalTerm[] {
  const terms: SignalTerm[] = [];
  for (let at = 0; at < row.length; at += 4) terms.push(termOf(row.slice(at, at + 4)));
  return terms.sort((a, b) => b.score - a.score);
}

function termOf(row: readonly (string | number | null)[]): SignalTerm {
  const [number = NaN, value = NaN, expected = NaN, score = NaN] = row.map((one) =>
    typeof one === 'number' ? one : NaN,
  );
  const name = TERM_NAMES[number - 1];
  if (name === undefined || !Number.isFinite(value + expected + score)) {
    throw new Error(`the script returned an unknown term: ${row.join(' ')}`);
  }
  return {
    name,
    value: rounded(value),
    expected: rounded(expected),
    score: rounded(score),
  };
}

function rounded(billionths: number): number {
  return Number((billionths / BILLION).toPrecision(DIGITS));
}
