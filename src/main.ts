#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from './cli/run.js';
import { processRuntime } from './cli/runtime.js';
import { processTerminal } from './cli/terminal.js';

/** Runs `countersign` with these arguments (without `node` and the script); resolves to the exit code. */
export function run(argv: readonly string[]): Promise<number> {
  return runCommandLine(argv, processTerminal(), processRuntime());
}

function isMain(): boolean {
  const script = process.argv[1];
  return script !== undefined && realpathSync(script) === fileURLToPath(import.meta.url);
}

if (isMain()) {
  // `countersign audit | head` closes the pipe early: that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 70);
  });
  process.exit(await run(process.argv.slice(2)));
}
