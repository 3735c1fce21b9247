import { escapeStep } from '../../../domain/json-pointer.js';
import type { DataChange } from '../../../domain/policy-analysis.js';

/**
 * Returns the differences of two JSON documents by JSON pointer (RFC 6901), sorted.
 * Compares arrays by position.
 */
export function dataChanges(from: unknown, to: unknown, pointer = ''): DataChange[] {
  if (isContainer(from) && isContainer(to) && Array.isArray(from) === Array.isArray(to)) {
    const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
    if (!Array.isArray(from)) names.sort();
    return names.flatMap((name) => {
      const at = `${pointer}/${escapeStep(name)}`;
      if (!Object.hasOwn(from, name)) return [{ pointer: at, to: to[name] }];
      if (!Object.hasOwn(to, name)) return [{ pointer: at, from: from[name] }];
      return dataChanges(from[name], to[name], at);
    });
  }
  return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ pointer, from, to }];
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
