import { IMPORT_SECTION, readImports, type MemoryLimits } from './import-section.js';
import { ModuleReader } from './module-reader.js';

export type { MemoryLimits } from './import-section.js';

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
      const limits = readImports(bytes).find(({ kind }) => kind === 'memory')?.limits;
      if (limits !== undefined) return limits;
      break;
    }
    bytes.skip(size);
  }
  throw new RangeError('the module imports no memory');
}
