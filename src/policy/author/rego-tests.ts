import type { OpaRun } from '../runners/opa.js';
import type { StepOutcome } from './report.js';
import { linesOf, withTestCapabilities, type Workspace } from './workspace.js';

interface Result {
  readonly location?: { readonly file: string; readonly row: number };
  readonly package?: string;
  readonly name: string;
  readonly fail?: boolean;
  readonly skip?: boolean;
  readonly error?: { readonly message?: string };
  readonly sub_results?: Readonly<Record<string, Result>>;
}

interface CoveredFile {
  readonly covered_lines?: number;
  readonly not_covered_lines?: number;
  readonly not_covered?: readonly { readonly start: Row; readonly end: Row }[];
}

interface Row {
  readonly row: number;
}

const TEST_TIMEOUT = ['--timeout', '30s'];
const SHOWN_LINES = 100;

/** Runs the Rego tests with `opa test`. Throws AuthorFailed `deadline`. */
export async function runRegoTests(workspace: Workspace): Promise<StepOutcome> {
  const args = ['test', '-b', '.', ...TEST_TIMEOUT, ...(await withTestCapabilities(workspace))];
  const run = await workspace.opa([...args, '--format', 'json']);
  const results = resultsIn(run);
  if (results === undefined) return { detail: 'the tests do not compile', problems: linesOf(run) };
  if (results.length === 0) return { detail: 'no tests found', problems: ['write *_test.rego'] };
  const failed = results.filter(({ fail, error }) => fail === true || error !== undefined);
  const skipped = results.filter(({ skip }) => skip === true).length;
  const passed = results.length - failed.length - skipped;
  const detail = `${String(passed)} of ${String(results.length)} passed`;
  if (failed.length === 0) {
    return {
      detail: skipped === 0 ? detail : `${detail}, ${String(skipped)} skipped`,
      problems: [],
    };
  }
  const trace = await workspace.opa([...args, '--var-values']);
  const shown = linesOf(trace).slice(0, SHOWN_LINES);
  return { detail, problems: [...failed.flatMap(failures), ...shown] };
}

function resultsIn({ code, stdout }: OpaRun): readonly Result[] | undefined {
  // Without tests opa prints nothing, or null. It reports compile errors on the other stream.
  if (stdout.trim() === '') return code === 0 ? [] : undefined;
  try {
    const parsed: unknown = JSON.parse(stdout);
    if (parsed === null) return [];
    return Array.isArray(parsed) ? (parsed as Result[]) : undefined;
  } catch {
    return undefined;
  }
}

function failures({ location, name, error, sub_results: parts = {} }: Result): string[] {
  const where = location === undefined ? '' : `${location.file}:${String(location.row)}: `;
  const failed = Object.values(parts).filter(({ fail }) => fail === true);
  const why = error?.message ?? 'failed';
  if (failed.length === 0) return [`${where}${name}: ${why}`];
  return failed.map((part) => `${where}${name}: ${part.name}: failed`);
}

export interface CoverageOutcome extends StepOutcome {
  readonly percent?: number;
}

/** Measures which served lines the Rego tests run; lines of tests do not count. Throws AuthorFailed. */
export async function measureCoverage(
  workspace: Workspace,
  thresholdPercent: number,
): Promise<CoverageOutcome> {
  const args = ['test', '-b', '.', ...TEST_TIMEOUT, ...(await withTestCapabilities(workspace))];
  const run = await workspace.opa([...args, '--coverage']);
  let files: Readonly<Record<string, CoveredFile>>;
  try {
    ({ files } = JSON.parse(run.stdout) as { files: typeof files });
  } catch {
    return { detail: 'not measured', problems: linesOf(run).slice(0, SHOWN_LINES) };
  }
  const served = Object.entries(files).filter(([path]) => !path.endsWith('_test.rego'));
  const sum = (count: (file: CoveredFile) => number | undefined): number =>
    served.reduce((total, [, file]) => total + (count(file) ?? 0), 0);
  const covered = sum((file) => file.covered_lines);
  const lines = covered + sum((file) => file.not_covered_lines);
  const percent = lines === 0 ? 0 : Math.floor((covered / lines) * 1000) / 10;
  const detail = `${String(percent)} % of the lines, at least ${String(thresholdPercent)} % required`;
  return {
    percent,
    detail,
    problems: percent >= thresholdPercent ? [] : served.flatMap(([path, file]) => bare(path, file)),
  };
}

function bare(path: string, { not_covered: ranges = [] }: CoveredFile): string[] {
  return ranges.map(({ start, end }) => {
    const rows =
      start.row === end.row ? String(start.row) : `${String(start.row)}-${String(end.row)}`;
    return `${path}:${rows}: no test runs this`;
  });
}
