import { execFile } from 'node:child_process';
import { noteChild } from '../../threads/children.js';

/** A finished run of the `opa` binary. */
export interface OpaRun {
  /** Exit code; -1 when it was killed at the timeout or could not be started. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The place of an `opa` binary, as plain data for a thread. */
export interface OpaBinary {
  readonly path: string;
  readonly version: string;
  /** The environment that it runs in. */
  readonly env: Readonly<Record<string, string>>;
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
  const binary = await findOpaBinary(env);
  return binary === undefined ? undefined : opaAt(binary);
}

/** Finds the binary like findOpa, for a thread: a thread has no environment to find it by. */
export async function findOpaBinary(
  env: NodeJS.ProcessEnv = process.env,
): Promise<OpaBinary | undefined> {
  const named = env['COUNTERSIGN_OPA'];
  const path = named === undefined || named === '' ? 'opa' : named;
  const unknown = { path, version: '', env: environment() };
  const { code, stdout } = await runOpa(unknown, ['version'], { cwd: '.' });
  const version = /^Version: (\S+)/m.exec(stdout)?.[1];
  return code !== 0 || version === undefined ? undefined : { ...unknown, version };
}

/** Returns the opa of a binary that was found. */
export function opaAt(binary: OpaBinary): Opa {
  return { version: binary.version, run: (args, options) => runOpa(binary, args, options) };
}

const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot'];

/** Restricts the environment: Rego can read it, and the environment of the service holds secrets. */
function environment(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function runOpa(
  { path, env }: OpaBinary,
  args: readonly string[],
  options: OpaRunOptions,
): Promise<OpaRun> {
  return new Promise((resolve) => {
    const { cwd, timeoutMs: timeout = DEFAULT_TIMEOUT_MS, input } = options;
    const child = execFile(
      path,
      [...args],
      { cwd, timeout, maxBuffer: MAX_OUTPUT_BYTES, killSignal: 'SIGKILL', env },
      (error, stdout, stderr) => {
        if (child.pid !== undefined) noteChild({ child: child.pid, running: false });
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({
          code,
          stdout,
          stderr: stderr === '' && code < 0 ? (error?.message ?? '') : stderr,
        });
      },
    );
    if (child.pid !== undefined) noteChild({ child: child.pid, running: true });
    // A command that reads no input may end before it is written.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}
