import type { TestReport } from '../../domain/policy-author.js';
import { testPolicy } from '../../policy/author/test-policy.js';
import type { Toolchain } from '../../policy/author/workspace.js';
import { show } from '../answer.js';
import type { Cli, CommonOptions } from '../define.js';
import { EXIT } from '../exit-codes.js';
import { CliFailure } from '../failure.js';
import { plain } from '../output.js';
import type { Terminal } from '../terminal.js';
import { endWithChildren, localToolchain, pathFrom, readPolicy, withSources } from './author.js';
import { DEFAULT_FOLDER } from './default-paths.js';
import { repeatOnChange } from './watch.js';

interface Options extends CommonOptions {
  readonly cases?: string;
  readonly with?: readonly string[];
  readonly threshold: number;
  readonly entrypoint?: string;
  readonly watch?: true;
}

/** Runs `countersign policy test`: Rego tests, then the cases in the compiled WASM. */
export async function test(cli: Cli, folder = DEFAULT_FOLDER, options: Options): Promise<void> {
  const { terminal } = cli;
  const toolchain = await localToolchain(cli);
  const { cases, with: added = [] } = options;
  const paths = [folder, ...(cases === undefined ? [] : [cases]), ...added].map((path) =>
    pathFrom(terminal, path),
  );
  const once = async (): Promise<TestReport> => {
    terminal.err(`testing ${folder} with opa ${toolchain.opa.version} …\n`);
    const report = await run(cli, folder, toolchain, options);
    show(cli, options, report, (shown) => {
      printReport(shown, report);
    });
    return report;
  };
  if (options.watch !== true) {
    endWithChildren(cli);
    const { ok } = await withSources(once);
    if (!ok) cli.exitWith(EXIT.refused);
    return;
  }
  await repeatOnChange(cli, paths, async () => {
    try {
      await withSources(once);
    } catch (error) {
      // A half-finished edit must not end the watch.
      if (!(error instanceof CliFailure)) throw error;
      terminal.err(`${error.message}\n`);
    }
  });
}

async function run(
  { terminal }: Cli,
  folder: string,
  toolchain: Toolchain,
  options: Options,
): Promise<TestReport> {
  const { threshold, entrypoint } = options;
  return testPolicy(await readPolicy(terminal, folder, options), toolchain, {
    coveragePercent: threshold,
    ...(entrypoint === undefined ? {} : { entrypoint }),
  });
}

function printReport({ out }: Terminal, { ok, steps }: TestReport): void {
  const width = Math.max(...steps.map(({ name }) => name.length));
  const lines = steps.flatMap(({ name, ok: passed, detail, problems = [], took_ms }) => [
    `${passed ? 'ok  ' : 'FAIL'}  ${name.padEnd(width)}  ${plain(detail)} (${String(took_ms)} ms)`,
    ...problems.map((problem) => `      ${plain(problem)}`),
  ]);
  out(`${[...lines, ok ? 'passed' : 'FAILED'].join('\n')}\n`);
}
