/** Something to change in a policy before it is shipped. Wire names. */
export interface Finding {
  /** Path below the policy's folder. */
  readonly file: string;
  /** From 1; 1 when it is about the whole file. */
  readonly line: number;
  /** From 1; absent when it is about the whole line. */
  readonly column?: number;
  /** What found it; docs/policy-tools.md has a row for each. */
  readonly rule: LintRule;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** What to do. */
  readonly hint: string;
}

export const LINT_RULES = [
  'parse',
  'types',
  'builtin',
  'entrypoint',
  'entrypoint-default',
  'deny-only',
  'deny-on-input',
  'result-shape',
  'regex-cost',
  'pattern-source',
  'data-size',
  'data-number',
  'rule-id',
  'bundle',
  'sources',
] as const;
export type LintRule = (typeof LINT_RULES)[number];

/** By file, then line, then column. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) =>
      (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) ||
      a.line - b.line ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}
