import { execFile } from 'node:child_process';

/** A finished run of the `opa` binary. */
export interface OpaRun {
  /** Exit code; -1 when it was killed at the timeout or could not be started. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The `opa` binary, which compiles, tests and signs Rego. Serving does not need it. */
export interface Opa {
  readonly version: string;
  run(args: readonly string[], options: OpaRunOptions): Promise<OpaRun>;
}

export interface OpaRunOptions {
  readonly cwd: string;
  readonly timeoutMs?: number;
  /** Standard input. */
  readonly input?: string;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Finds `COUNTERSIGN_OPA`, else `opa` on the PATH; undefined when none runs. */
export async function findOpa(env: NodeJS.ProcessEnv = process.env): Promise<Opa | undefined> {
  const named = env['COUNTERSIGN_OPA'];
  const path = named === undefined || named === '' ? 'opa' : named;
  const { code, stdout } = await runOpa(path, ['version'], { cwd: '.' });
  const version = /^Version: (\S+)/m.exec(stdout)?.[1];
  if (code !== 0 || version === undefined) return undefined;
  return { version, run: (args, options) => runOpa(path, args, options) };
}

const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot'];

/** Restricts the environment: Rego can read it, and the environment of the service holds secrets. */
function environment(): NodeJS.ProcessEnv {
  const known = Object.entries(process.env).filter(([name]) => PASSED_ON.includes(name));
  return Object.fromEntries(known);
}

function runOpa(path: string, args: readonly string[], options: OpaRunOptions): Promise<OpaRun> {
  return new Promise((resolve) => {
    const { cwd, timeoutMs: timeout = DEFAULT_TIMEOUT_MS, input } = options;
    const child = execFile(
      path,
      [...args],
      { cwd, timeout, maxBuffer: MAX_OUTPUT_BYTES, killSignal: 'SIGKILL', env: environment() },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({
          code,
          stdout,
          stderr: stderr === '' && code < 0 ? (error?.message ?? '') : stderr,
        });
      },
    );
    // A command that reads no input may end before it is written.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}
