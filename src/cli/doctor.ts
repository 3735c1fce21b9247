import type { AdminOptions, Cli } from './define.js';
import { EXIT } from './exit-codes.js';
import { printJson } from './output.js';
import {
  checkAdminApi,
  checkConfiguration,
  checkListeners,
  checkRedis,
  checkService,
  type Finding,
} from './doctor-checks.js';

/** Runs `countersign doctor`: checks the usual causes of failure. */
export async function examine(cli: Cli, options: AdminOptions): Promise<void> {
  const findings = await findingsOf(cli, options.adminUrl);
  const ok = findings.every((finding) => finding.ok);
  if (!ok) cli.exitWith(EXIT.refused);
  if (options.json === true) printJson(cli.terminal, { ok, checks: findings });
  else for (const finding of findings) cli.terminal.out(lineOf(finding));
}

async function findingsOf(
  { terminal, runtime }: Cli,
  adminUrl: string | undefined,
): Promise<Finding[]> {
  const configuration = checkConfiguration(terminal);
  const redis = await checkRedis(terminal, runtime);
  const { answered, findings } = await checkService(terminal, adminUrl);
  const more =
    answered === 'service'
      ? await checkAdminApi(terminal, adminUrl)
      : answered === 'nothing'
        ? await checkListeners(terminal)
        : [];
  return [...configuration, ...redis, ...findings, ...more];
}

function lineOf({ name, ok, detail, advice }: Finding): string {
  const line = `${ok ? 'ok  ' : 'FAIL'}  ${name}: ${detail}\n`;
  return advice === undefined ? line : `${line}      ${advice}\n`;
}
