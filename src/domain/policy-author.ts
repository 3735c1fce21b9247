import type { AdmissionStep } from './policy-lifecycle.js';

/** Algorithms supported by both `opa sign` and the service's verification. */
export const SIGNING_ALGORITHMS = ['ES256', 'RS256', 'HS256'] as const;

/** Minimum line coverage by the Rego tests of a policy, in percent. */
export const DEFAULT_COVERAGE_PERCENT = 95;

/** A summary of a bundle built from sources. Wire names. */
export interface BuildSummary {
  readonly revision: string;
  readonly digest: string;
  readonly opa_version: string;
  /** 0: not stamped. */
  readonly sequence: number;
  readonly entrypoints: readonly string[];
  /** Size of the archive, in bytes. */
  readonly size_bytes: number;
  readonly files: readonly string[];
}

/** The result of testing policy sources. Wire names. */
export interface TestReport {
  readonly ok: boolean;
  /** Absent when the sources do not compile. */
  readonly revision?: string;
  /** Steps up to the first failure: `compile`, `rego_tests`, `coverage`, `cases`, `differential`. */
  readonly steps: readonly AdmissionStep[];
  /** Share of served lines covered by Rego tests; absent when no test ran. */
  readonly coverage_percent?: number;
  /** The cases that failed. */
  readonly failed_cases: readonly FailedCase[];
}

export interface FailedCase {
  readonly file: string;
  readonly name: string;
  readonly problems: readonly string[];
}

/** The findings of a policy check. Wire names. */
export interface CheckReport {
  /** True when no finding is an error. */
  readonly ok: boolean;
  /** Sorted by file and line. */
  readonly findings: readonly Finding[];
  /** Number of Rego files read. */
  readonly files: number;
}

/** A finding: something to change in a policy before its release. Wire names. */
export interface Finding {
  /** Path below the policy's folder. */
  readonly file: string;
  /** Line from 1; 1 for the whole file. */
  readonly line: number;
  /** Column from 1; absent for the whole line. */
  readonly column?: number;
  /** Id of the lint rule; docs/policy/tools.md has a row for each. */
  readonly rule: LintRule;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** The remedy. */
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
