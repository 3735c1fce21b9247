export interface Step {
  readonly name: string;
  readonly command?: readonly string[];
  readonly suite?: string;
  /** The test files to run; all of the suite where it is absent. */
  readonly only?: readonly string[];
}

export function stepsFor(
  changed: readonly string[],
  steps: readonly Step[],
  testFilesOf: (step: Step) => readonly string[],
): readonly Step[];
