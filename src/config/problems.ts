/** A problem of the configuration. */
export interface ConfigProblem {
  /** Location: a JSON pointer into the file, or the name of an environment variable. */
  readonly where: string;
  readonly message: string;
  /** Line in the file, where known. */
  readonly line?: number;
}

/** An error with all problems of the configuration. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid';

  constructor(readonly problems: readonly ConfigProblem[]) {
    super(
      `The configuration has ${String(problems.length)} problem(s):\n` +
        problems.map((problem) => `  ${formatProblem(problem)}`).join('\n'),
    );
  }
}

/** Formats a problem: `/tokens/max_ttl_seconds (line 12): must be >= 1`. */
export function formatProblem(problem: ConfigProblem): string {
  const line = problem.line === undefined ? '' : ` (line ${String(problem.line)})`;
  return `${problem.where === '' ? '(document)' : problem.where}${line}: ${problem.message}`;
}
