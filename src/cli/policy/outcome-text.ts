import type { EvaluationAnswer } from '../../domain/answers.generated.js';
import { READER, type Reader } from '../values.js';

const outcome: Reader<Exclude<EvaluationAnswer['outcome'], 'error'>> = READER;
const evaluation: Reader<EvaluationAnswer> = READER;

/** Formats a report's outcome: `allow read_invoices for 300 s`, `deny`, `error`. */
export function outcomeText(body: unknown): string {
  if (body === 'error') return 'error';
  const effect = outcome.text(body, 'effect');
  const scopes = outcome.text(body, 'scopes');
  return scopes === '' ? effect : `${effect} ${scopes} for ${outcome.text(body, 'ttl_seconds')} s`;
}

/** Formats the scopes and the lifetime that the service clamped in an evaluation. */
export function clampedText(body: unknown): string {
  const scopes = evaluation.text(body, 'clamped', 'scopes');
  const from = evaluation.text(body, 'clamped', 'ttl_seconds', 'from');
  const to = evaluation.text(body, 'clamped', 'ttl_seconds', 'to');
  return [scopes, from === '' ? '' : `${from} s to ${to} s`]
    .filter((text) => text !== '')
    .join('; ');
}
