import { ModuleReader } from './module-reader.js';

const IMPORT_SECTION = 2;
const KIND_FUNCTION = 0;
const KIND_TABLE = 1;
const KIND_MEMORY = 2;
const KIND_GLOBAL = 3;

/** Minimum and maximum size of a module's imported memory, in 64 KiB pages. */
export interface MemoryLimits {
  readonly minPages: number;
  readonly maxPages: number | undefined;
}

/**
 * Reads the limits of `env.memory` from the import section (WebAssembly core 1.0, section 5.5.5).
 * The JavaScript API does not expose them, and the package assumes 5 pages and so rejects large policies. Throws
 * RangeError when the module imports no memory.
 */
export function memoryLimits(wasm: Uint8Array): MemoryLimits {
  const bytes = new ModuleReader(wasm, 8);
  while (!bytes.done()) {
    const id = bytes.byte();
    const size = bytes.leb();
    if (id === IMPORT_SECTION) {
      const limits = findMemory(bytes);
      if (limits !== undefined) return limits;
      break;
    }
    bytes.skip(size);
  }
  throw new RangeError('the module imports no memory');
}

function findMemory(bytes: ModuleReader): MemoryLimits | undefined {
  for (let left = bytes.leb(); left > 0; left--) {
    bytes.skip(bytes.leb());
    bytes.skip(bytes.leb());
    const kind = bytes.byte();
    if (kind === KIND_MEMORY) return readLimits(bytes);
    if (kind === KIND_FUNCTION) bytes.leb();
    else if (kind === KIND_GLOBAL) bytes.skip(2);
    else if (kind === KIND_TABLE) {
      bytes.skip(1);
      readLimits(bytes);
    } else throw new RangeError(`import kind ${String(kind)} is not known`);
  }
  return undefined;
}

function readLimits(bytes: ModuleReader): MemoryLimits {
  const flags = bytes.byte();
  if (flags > 1) throw new RangeError('shared and 64-bit memories are not supported');
  const minPages = bytes.leb();
  return { minPages, maxPages: flags === 1 ? bytes.leb() : undefined };
}
