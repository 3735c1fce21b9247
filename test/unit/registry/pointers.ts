import type { Checked } from '../../../src/schema/compile.js';

/** Where a check found problems, each place once. */
export function pointers(checked: Checked<unknown>): string[] {
  return checked.ok ? [] : [...new Set(checked.problems.map(({ pointer }) => pointer))];
}
