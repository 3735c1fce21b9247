import { createRequire } from 'node:module';

/** What the engine uses of the package's LoadedPolicy: it loads data and knows where the heap begins. */
export interface LoadedPolicy {
  readonly dataAddr: number;
  readonly dataHeapPtr: number;
  readonly entrypoints: Readonly<Record<string, number>>;
  /** Well-formed JSON text as bytes; the package refuses malformed text with a thrown string. */
  setData(data: ArrayBuffer): void;
}

interface OpaWasm {
  readonly LoadedPolicy: new (
    policy: { readonly instance: WebAssembly.Instance; readonly module: WebAssembly.Module },
    memory: WebAssembly.Memory,
    minorVersion: number,
  ) => LoadedPolicy;
}

// The package's types name this class as an ESM export that does not exist at run time.
const opaWasm = createRequire(import.meta.url)('@open-policy-agent/opa-wasm') as OpaWasm;

/** The package's own loader of data and entrypoints, over an instance made with our imports. */
export function loadedPolicy(
  instance: WebAssembly.Instance,
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  minorVersion: number,
): LoadedPolicy {
  return new opaWasm.LoadedPolicy({ instance, module }, memory, minorVersion);
}
