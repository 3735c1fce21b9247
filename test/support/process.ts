import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { Endpoints } from './http.js';
import { programArgs } from './program.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const READY_MS = 600_000;
/** See remembered-admission.ts. */
const ADMITTED = process.env['TESTS_ADMITTED'];

export interface ProcessOptions {
  readonly command: 'serve' | 'worker' | 'start';
  /** The configuration file, wire names. Ports are the system's choice unless it says otherwise. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Holds the configuration file. */
  readonly dir: string;
  /** Runs `src/main`, which tries every bundle; else a command line that remembers those that passed. */
  readonly real?: boolean;
  readonly adminToken: string;
}

/** One `countersign` process. */
export interface CountersignProcess {
  readonly pid: number;
  /** Where it answers; for a worker the addresses are empty. */
  readonly endpoints: Endpoints;
  /** Everything it wrote so far. */
  readonly output: () => string;
  /** Stops reading what it writes: its pipes fill up. */
  readonly stopReading: () => void;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Its exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
}

/**
 * Limit from a signal to the exit of a process, in milliseconds: the 10 s of the product, and twice that for a slow
 * machine. It shows that nothing keeps a process that has closed its parts. `stop-limits.test.ts` holds the 10 s.
 */
const EXIT_MS = 30_000;

/** Ends a process by a signal, measured from the signal to the exit; resolves to its exit code. */
export async function endBySignal(
  one: Pick<CountersignProcess, 'kill' | 'exited' | 'output'>,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<number | NodeJS.Signals> {
  const from = performance.now();
  one.kill(signal);
  const code = await one.exited;
  expect(performance.now() - from, `ms to exit\n${one.output()}`).to.be.lessThan(EXIT_MS);
  return code;
}

/** Returns the lines of a process's log that are a warning or an error. */
export function complaintsOf({ output }: Pick<CountersignProcess, 'output'>): readonly string[] {
  return output()
    .split('\n')
    .filter((line) => /^\{.*"level":"(?:warn|error|fatal)"/.test(line));
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

let configs = 0;

/** Starts `countersign <command>` and waits until its log says that it serves or works. */
export async function startProcess(options: ProcessOptions): Promise<CountersignProcess> {
  const { child, ...starting } = spawnProcess(options);
  const urls = await readyLine(child, options.command, starting.output);
  return { ...starting, endpoints: { ...urls, adminToken: options.adminToken } };
}

/** A process that may not be up yet. */
export type StartingProcess = Omit<CountersignProcess, 'endpoints'> & {
  readonly child: ChildProcess;
};

/** Starts `countersign <command>` and does not wait for it. */
export function spawnProcess(options: ProcessOptions): StartingProcess {
  mkdirSync(options.dir, { recursive: true });
  const file = join(options.dir, `countersign-${String(process.pid)}-${String(++configs)}.yaml`);
  writeFileSync(file, stringify({ listeners: ANY_PORTS, ...patient(options.config) }));
  const program =
    options.real === true ? programArgs('src/main') : programArgs('test/support/countersign');
  const child = spawn(process.execPath, [...program, options.command], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      COUNTERSIGN_CONFIG: file,
      COUNTERSIGN_ADMIN_TOKEN: options.adminToken,
      ...(ADMITTED === undefined ? {} : { TESTS_ADMITTED: ADMITTED }),
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => (output += text));
  }
  const exited = once(child, 'close').then(([code, signal]) => {
    running.delete(child);
    return (code ?? signal) as number | NodeJS.Signals;
  });
  return {
    child,
    pid: child.pid ?? 0,
    output: () => output,
    stopReading: () => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.pause();
        child.once('exit', () => stream.resume());
      }
    },
    kill: (signal) => void child.kill(signal),
    exited,
  };
}

/** The configuration with fewer inputs and more time for admission, unless it says how many: the machine may be busy. */
function patient(config: ProcessOptions['config']): object {
  const policy = (config as { policy?: { admission?: object } }).policy;
  const admission = { inputs: 20, deadline_ms: 60_000, ...policy?.admission };
  return { ...config, policy: { ...policy, admission } };
}

/** Listeners on ports that the system chooses. */
export const ANY_PORTS = {
  public: { port: 0 },
  admin: { port: 0 },
  sidecar: { port: 0 },
  probes: { port: 0 },
};

async function readyLine(
  child: ChildProcess,
  command: ProcessOptions['command'],
  output: () => string,
): Promise<Omit<Endpoints, 'adminToken'>> {
  const wanted = { serve: '"msg":"serving"', worker: '"msg":"working"', start: 'is ready.' };
  const deadline = performance.now() + READY_MS;
  while (!output().includes(wanted[command])) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`countersign ${command} did not come up:\n${output()}`);
    }
    await delay(10);
  }
  const line = output()
    .split('\n')
    .find((text) => text.includes(wanted.serve));
  const {
    publicUrl = '',
    adminUrl = '',
    sidecarUrl,
    probesUrl,
  } = (line === undefined ? {} : JSON.parse(line)) as Record<string, string>;
  return { publicUrl, adminUrl, sidecarUrl, probesUrl };
}
