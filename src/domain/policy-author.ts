import type { AdmissionStep } from './policy-lifecycle.js';

/** Algorithms that `opa sign` and the service's verification have in common. */
export const SIGNING_ALGORITHMS = ['ES256', 'RS256', 'HS256'] as const;

/** Share of lines, in percent, that the Rego tests of a policy cover at least. */
export const DEFAULT_COVERAGE_PERCENT = 95;

/** Sources that were built to a bundle. Wire names. */
export interface BuildSummary {
  readonly revision: string;
  readonly digest: string;
  readonly opa_version: string;
  /** 0: not stamped. */
  readonly sequence: number;
  readonly entrypoints: readonly string[];
  /** Of the archive, in bytes. */
  readonly size_bytes: number;
  readonly files: readonly string[];
}

/** How sources passed their tests. Wire names. */
export interface TestReport {
  readonly ok: boolean;
  /** Absent when the sources do not compile. */
  readonly revision?: string;
  /** `compile`, `rego_tests`, `coverage`, `cases`, `differential`: as far as it came. */
  readonly steps: readonly AdmissionStep[];
  /** Of the lines that are served, those a Rego test ran; absent when no test ran. */
  readonly coverage_percent?: number;
  /** The cases that failed. */
  readonly failed_cases: readonly FailedCase[];
}

export interface FailedCase {
  readonly file: string;
  readonly name: string;
  readonly problems: readonly string[];
}

/** What a check found. Wire names. */
export interface CheckReport {
  /** No finding is an error. */
  readonly ok: boolean;
  /** By file and line. */
  readonly findings: readonly Finding[];
  /** How many files of Rego were read. */
  readonly files: number;
}

/** Something to change in a policy before it is shipped. Wire names. */
export interface Finding {
  /** Path below the policy's folder. */
  readonly file: string;
  /** From 1; 1 when it is about the whole file. */
  readonly line: number;
  /** From 1; absent when it is about the whole line. */
  readonly column?: number;
  /** What found it; docs/policy/tools.md has a row for each. */
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
