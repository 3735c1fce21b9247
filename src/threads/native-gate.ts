import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

/**
 * The gate between a thread and its native calls.
 * V8 ends JavaScript, not native code: a thread that is terminated within a native call that then makes a JavaScript
 * value ends the whole process (libsql asserts there). So a thread passes its gate around each native call, and its
 * parent shuts the gate before it terminates the thread.
 */
export type NativeGate = Int32Array;

/** The thread's place: in JavaScript, in a native call, or ended. */
const PLACE = 0;
const [IN_SCRIPT, IN_NATIVE, SHUT] = [0, 1, 2];
/** Set to 1 when the parent wants the gate shut: the thread enters no further native call. */
const WANTED = 1;

const KEY = 'countersign.nativeGate';
const POLL_MS = 5;

/** Creates a gate and starts a thread that finds it, which `start` constructs. */
export function withGate<T>(start: () => T): readonly [T, NativeGate] {
  const gate = new Int32Array(new SharedArrayBuffer(8));
  setEnvironmentData(KEY, gate);
  try {
    return [start(), gate];
  } finally {
    setEnvironmentData(KEY, undefined);
  }
}

const own = getEnvironmentData(KEY) as NativeGate | undefined;
let depth = 0;

/** Runs a native call. Throws without running it in a thread whose gate is shut. */
export function inNative<T>(work: () => T): T {
  if (own === undefined || depth > 0) return work();
  enter(own);
  depth += 1;
  try {
    return work();
  } finally {
    depth -= 1;
    Atomics.store(own, PLACE, IN_SCRIPT);
  }
}

function enter(gate: NativeGate): void {
  if (Atomics.compareExchange(gate, PLACE, IN_SCRIPT, IN_NATIVE) === IN_SCRIPT) {
    if (Atomics.load(gate, WANTED) === 0) return;
    Atomics.store(gate, PLACE, IN_SCRIPT);
  }
  throw new Error('the thread is being ended');
}

/** Marks the gate of a thread that has ended by itself. */
export function markEnded(gate: NativeGate): void {
  Atomics.store(gate, PLACE, SHUT);
}

/** Returns whether the gate is shut now; false while the thread is in a native call, which is its last one. */
export function tryShut(gate: NativeGate): boolean {
  Atomics.store(gate, WANTED, 1);
  return Atomics.compareExchange(gate, PLACE, IN_SCRIPT, SHUT) !== IN_NATIVE;
}

/** Resolves when the gate is shut: at once, or after the thread's last native call. */
export async function shut(gate: NativeGate): Promise<void> {
  while (!tryShut(gate)) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
