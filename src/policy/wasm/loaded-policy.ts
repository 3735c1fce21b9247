import { createRequire } from 'node:module';

/** The part of the package's LoadedPolicy that the engine uses: loading data and the start of the heap. */
export interface LoadedPolicy {
  readonly dataAddr: number;
  readonly dataHeapPtr: number;
  readonly entrypoints: Readonly<Record<string, number>>;
  /** Loads well-formed JSON text as bytes. The package throws a string for malformed text. */
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

/** Creates the package's loader of data and entrypoints for an instance with our imports. */
export function loadedPolicy(
  instance: WebAssembly.Instance,
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  minorVersion: number,
): LoadedPolicy {
  return new opaWasm.LoadedPolicy({ instance, module }, memory, minorVersion);
}
