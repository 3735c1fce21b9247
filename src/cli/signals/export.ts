import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { segment } from '../admin-client.js';
import { connect } from '../answer.js';
import type { AdminOptions, Cli } from '../define.js';
import { usage } from '../failure.js';
import { printJson } from '../output.js';

/** Runs `countersign signals export <agent>`: prints JSON, with and without `--json`. */
export async function exportSignals(
  cli: Cli,
  agent: string,
  options: AdminOptions & { readonly output?: string },
): Promise<void> {
  const path = `/agents/${segment(agent)}/signals/export`;
  const { body } = await (await connect(cli, options)).call('GET', path);
  if (options.output === undefined) printJson(cli.terminal, body);
  else writeExport(resolve(cli.terminal.cwd, options.output), body);
}

function writeExport(path: string, body: unknown): void {
  try {
    // Readable by the owner only: the file shows an agent's activity and its times.
    writeFileSync(path, `${JSON.stringify(body, null, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    throw usage(`${path} cannot be written: ${error instanceof Error ? error.message : ''}`);
  }
}
