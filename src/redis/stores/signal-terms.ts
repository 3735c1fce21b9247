import type { SignalTerm } from '../../domain/signals.js';

/** Names of the terms in the order the scripts number them, from 1. */
export const TERMS = [
  'requests_10m',
  'requests_2h',
  'requests_24h',
  'activity_2h',
  'activity_24h',
  'denials_60m',
  'new_scopes_60m',
  'new_resources_60m',
  'new_clients_60m',
  'honey_60m',
  'misuse_60m',
  'after_revocation',
  'growth_7d',
] as const;

/** The terms of a reply, `number value expected score` each, largest score first. A term nobody knows throws. */
export function termsOf(texts: readonly (string | number | null)[]): SignalTerm[] {
  return texts.map(termOf).sort((a, b) => b.score - a.score);
}

function termOf(text: string | number | null): SignalTerm {
  const [number = 0, value = NaN, expected = NaN, score = NaN] = String(text)
    .split(' ')
    .map(Number);
  const name = TERMS[number - 1];
  if (name === undefined || !Number.isFinite(value + expected + score)) {
    throw new Error(`the script returned a term that is none: ${String(text)}`);
  }
  return { name, value, expected, score };
}
