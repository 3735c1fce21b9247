import { compareTerms, isArray, isObject, RegoSet, type Term } from '../../json/terms.js';

/** Formats a term like OPA: `{"a": 1}`, `["x"]`, `{1, 2}`, `set()`. */
export function termText(term: Term): string {
  if (typeof term === 'string') return JSON.stringify(term);
  if (isArray(term)) return `[${term.map(termText).join(', ')}]`;
  if (term instanceof RegoSet) {
    return term.members.length === 0 ? 'set()' : `{${term.members.map(termText).join(', ')}}`;
  }
  if (isObject(term)) {
    const keys = Object.keys(term).sort(compareTerms);
    return `{${keys.map((k) => `${JSON.stringify(k)}: ${termText(term[k] ?? null)}`).join(', ')}}`;
  }
  return String(term);
}
