import type { Environment } from '../config/environment.js';
import { isatty } from 'node:tty';
import { readFileIfPresent, type ReadFile } from '../config/read-file.js';

/** The environment of a command, replaceable in tests. */
export interface Terminal {
  readonly env: Environment;
  readonly cwd: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Properties of standard output; `columns` is undefined without a terminal. */
  readonly screen: { readonly isTty: boolean; readonly columns: number | undefined };
  readonly fetch: typeof fetch;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: () => number;
  readonly readStdin: () => Promise<string>;
  readonly readFile: ReadFile;
}

export function processTerminal(): Terminal {
  return {
    env: process.env,
    cwd: process.cwd(),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    screen: {
      isTty: isatty(1),
      get columns() {
        return isatty(1) ? process.stdout.columns : undefined;
      },
    },
    fetch,
    nowMs: () => Date.now(),
    readStdin: async () => (await import('node:stream/consumers')).text(process.stdin),
    readFile: readFileIfPresent,
  };
}
