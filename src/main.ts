#!/usr/bin/env node
import { existsSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from './cli/run.js';
import { processRuntime } from './cli/runtime.js';
import { endWithReader, exitOnceWritten } from './cli/standard-output.js';
import { processTerminal } from './cli/terminal.js';

/** Runs `countersign` with these arguments (without `node` and the script); resolves to the exit code. */
export function run(argv: readonly string[]): Promise<number> {
  return runCommandLine(argv, processTerminal(), processRuntime());
}

/** Returns whether Node was given this file, by a link or without its extension too. */
function isMain(): boolean {
  const script = process.argv[1];
  if (script === undefined) return false;
  const path = existsSync(script) ? script : `${script}.js`;
  return existsSync(path) && realpathSync(path) === fileURLToPath(import.meta.url);
}

if (isMain()) {
  endWithReader();
  await exitOnceWritten(await run(process.argv.slice(2)));
}
