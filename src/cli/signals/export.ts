import type { Command } from 'commander';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { segment } from '../admin-client.js';
import { connect, defineAdmin, type AdminOptions, type Cli } from '../define.js';
import { usage } from '../failure.js';
import { printJson } from '../output.js';

/** `countersign signals export <agent>`: JSON, with and without `--json`. */
export function exportCommand(signals: Command, cli: Cli): void {
  defineAdmin(signals, 'export <agent>', 'the whole state kept of an agent, as JSON')
    .option('-o, --output <file>', 'write it there instead of to standard output')
    .action(async (agent: string, options: AdminOptions & { readonly output?: string }) => {
      const path = `/agents/${segment(agent)}/signals/export`;
      const { body } = await connect(cli, options).call('GET', path);
      if (options.output === undefined) printJson(cli.terminal, body);
      else writeExport(resolve(cli.terminal.cwd, options.output), body);
    });
}

function writeExport(path: string, body: unknown): void {
  try {
    // For the owner alone: it tells what an agent does, and when.
    writeFileSync(path, `${JSON.stringify(body, null, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    throw usage(`${path} cannot be written: ${error instanceof Error ? error.message : ''}`);
  }
}
