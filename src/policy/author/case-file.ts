import { readFileSync } from 'node:fs';
import type { Effect } from '../../domain/policy.js';
import { compileCheck, type Check } from '../../schema/compile.js';
import type { Problem } from '../../schema/problem.js';

/** Expected result of a case, as `rego/schemas/case.json` describes it. Wire names. */
export interface Expectation {
  readonly effect: Effect;
  readonly scopes?: readonly string[];
  readonly ttl_seconds?: number;
  readonly removed?: Readonly<Record<string, string>>;
  readonly codes?: readonly string[];
  readonly rules?: readonly string[];
  readonly alarms?: readonly string[];
  readonly approvers?: readonly string[];
  readonly obligations?: readonly string[];
}

/** One case as its author wrote it. Wire names. */
export interface WrittenCase {
  readonly name: string;
  readonly ask: {
    readonly resource: string;
    readonly scopes: readonly string[];
    readonly ttl_seconds?: number;
    readonly declared?: object;
  };
  readonly at?: string;
  readonly input?: object;
  readonly breaks_schema?: true;
  readonly expect: Expectation;
}

/** One file of cases. Wire names. */
export interface CaseFile {
  readonly about: string;
  readonly from?: string;
  readonly base?: object;
  readonly resources?: Readonly<Record<string, object>>;
  readonly cases?: readonly WrittenCase[];
}

const checkFile = checkBy<CaseFile>('case.json');
/** Checks a value against the input schema. */
export const checkInput: Check<unknown> = checkBy('input.json');

/** Reads every case file; adds schema violations to `problems`. */
export function readCaseFiles(
  texts: ReadonlyMap<string, string>,
  problems: string[],
): Map<string, CaseFile> {
  const files = new Map<string, CaseFile>();
  for (const [name, text] of texts) {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : 'not JSON'}`);
      continue;
    }
    const checked = checkFile(value);
    if (checked.ok) files.set(name, checked.value);
    else problems.push(...checked.problems.map((problem) => problemIn(name, problem)));
  }
  return files;
}

export function problemIn(where: string, { pointer, message }: Problem): string {
  return `${where}${pointer === '' ? '' : ` at ${pointer}`}: ${message}`;
}

function checkBy<T>(name: string): Check<T> {
  const url = new URL(`../../../rego/schemas/${name}`, import.meta.url);
  return compileCheck<T>(JSON.parse(readFileSync(url, 'utf8')) as object);
}
