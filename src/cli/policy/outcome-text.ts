import { textOf } from '../values.js';
import type { Tree } from '../../config/tree.js';

/** Formats a report's outcome: `allow read_invoices for 300 s`, `deny`, `error`. */
export function outcomeText(report: Tree, member: string): string {
  if (report[member] === 'error') return 'error';
  const effect = textOf(report, member, 'effect');
  const scopes = textOf(report, member, 'scopes');
  return scopes === ''
    ? effect
    : `${effect} ${scopes} for ${textOf(report, member, 'ttl_seconds')} s`;
}
