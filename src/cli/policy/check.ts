import type { CheckReport } from '../../domain/policy-author.js';
import { checkBundle, isBundle } from '../../policy/author/check/check-bundle.js';
import { checkPolicy } from '../../policy/author/check/check-policy.js';
import { show } from '../answer.js';
import type { Cli, CommonOptions } from '../define.js';
import { EXIT } from '../exit-codes.js';
import { usage } from '../failure.js';
import { plain } from '../output.js';
import type { Terminal } from '../terminal.js';
import { endWithChildren, localToolchain, pathFrom, readPolicy, withSources } from './author.js';
import { DEFAULT_FOLDER } from './default-paths.js';

interface Options extends CommonOptions {
  readonly entrypoint?: string;
  readonly with?: readonly string[];
}

/** Runs `countersign policy check`: reports violations of the service's contract by line. */
export async function check(
  cli: Cli,
  path: string = DEFAULT_FOLDER,
  options: Options,
): Promise<void> {
  const { terminal } = cli;
  endWithChildren(cli);
  const toolchain = await localToolchain(cli);
  terminal.err(`checking ${path} with opa ${toolchain.opa.version} …\n`);
  const { entrypoint } = options;
  const how = entrypoint === undefined ? {} : { entrypoint };
  const report = await withSources(async () => {
    const from = pathFrom(terminal, path);
    if (!(await isBundle(from))) {
      return checkPolicy(await readPolicy(terminal, path, options), toolchain, how);
    }
    if (options.with !== undefined) throw usage('--with adds to a folder of Rego, not to a bundle');
    return checkBundle(from, toolchain, how);
  });
  if (!report.ok) cli.exitWith(EXIT.refused);
  show(cli, options, report, (shown) => {
    printReport(shown, report);
  });
}

function printReport({ out }: Terminal, { findings, files }: CheckReport): void {
  for (const { file, line, column, rule, severity, message, hint } of findings) {
    const where = [file, line, column].filter((part) => part !== undefined).join(':');
    out(`${plain(where)} ${severity} ${rule}: ${plain(message)}\n    ${plain(hint)}\n`);
  }
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  out(
    `${String(files)} files, ${String(errors)} errors, ${String(warnings)} warnings: ${errors === 0 ? 'ok' : 'FAILED'}\n`,
  );
}
