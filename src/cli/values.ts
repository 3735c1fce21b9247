import { isTree, type Tree } from '../config/tree.js';

/** A member of an answer as a text; empty when it is absent. */
export function textOf(value: unknown, ...path: readonly string[]): string {
  const found = path.reduce<unknown>((at, key) => (isTree(at) ? at[key] : undefined), value);
  if (found === undefined || found === null) return '';
  if (typeof found === 'string') return found;
  if (Array.isArray(found) && found.every((item) => typeof item === 'string')) {
    return found.join(' ');
  }
  return JSON.stringify(found);
}

/** A member of an answer that is a list of objects. */
export function rowsOf(value: unknown, key: string): readonly Tree[] {
  const found = isTree(value) ? value[key] : undefined;
  return Array.isArray(found) ? found.filter(isTree) : [];
}

/** Milliseconds since the epoch in an answer, as RFC 3339; empty when absent. */
export function timeOf(value: unknown, key: string): string {
  const found = isTree(value) ? value[key] : undefined;
  return typeof found === 'number' && Number.isFinite(found) ? new Date(found).toISOString() : '';
}
