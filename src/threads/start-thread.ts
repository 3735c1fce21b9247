import { Worker } from 'node:worker_threads';
import { markEnded, shut, tryShut, withGate, type NativeGate } from './native-gate.js';

/** A module to run in a worker thread, and its limits. */
export interface ThreadSpec {
  /** Path of the module without extension. */
  readonly module: URL;
  /** Received as `workerData`. */
  readonly data?: unknown;
  /** Maximum JavaScript heap of the thread, in MiB. WASM memory has the limits of its instance. */
  readonly heapMiB: number;
}

const gates = new WeakMap<Worker, NativeGate>();

/**
 * Starts a worker thread with an empty environment and, on Linux, a lower priority than its parent.
 * End it with `endThread`, never with `terminate`.
 */
export function startThread({ module, data, heapMiB }: ThreadSpec): Worker {
  const [thread, gate] = withGate(
    () =>
      new Worker(`${STAND_BACK} ${loaderOf(module)}`, {
        eval: true,
        workerData: data,
        resourceLimits: { maxOldGenerationSizeMb: heapMiB },
        env: {},
      }),
  );
  gates.set(thread, gate);
  thread.once('exit', () => {
    markEnded(gate);
  });
  return thread;
}

/** Terminates a thread of `startThread`: at once in JavaScript and WASM, after its native call in one. */
export async function endThread(thread: Worker): Promise<void> {
  const gate = gates.get(thread);
  if (gate !== undefined && !tryShut(gate)) await shut(gate);
  await thread.terminate();
}

/**
 * Lowers the priority of the thread on Linux, so that requests win over work in threads.
 * Elsewhere the priority is that of the whole process, which is left unchanged.
 */
const STAND_BACK = `
  const { getPriority, setPriority } = require('node:os');
  if (process.platform === 'linux' && getPriority(0) < 5) setPriority(0, 5);`;

/** Returns code that imports the module. TypeScript sources, as in tests, need their loader first. */
function loaderOf(module: URL): string {
  if (!import.meta.url.endsWith('.ts')) return `import(${JSON.stringify(`${module.href}.js`)});`;
  const load = `import(${JSON.stringify(`${module.href}.ts`)})`;
  return `import('tsx/esm/api').then(({ register }) => { register(); return ${load}; });`;
}
