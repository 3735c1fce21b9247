import type { ModuleReader } from './module-reader.js';
import { readReferenceType, readValueType } from './value-type.js';

export const IMPORT_SECTION = 2;
const FUNCTION = 0;
const TABLE = 1;
const MEMORY = 2;
const GLOBAL = 3;
const KINDS = ['function', 'table', 'memory', 'global'] as const;

/** Minimum and maximum size of a module's imported memory, in 64 KiB pages. */
export interface MemoryLimits {
  readonly minPages: number;
  readonly maxPages: number | undefined;
}

/** One import; `limits` of a memory only. */
export interface ModuleImport {
  readonly kind: (typeof KINDS)[number];
  readonly limits?: MemoryLimits;
}

/** Reads the import section (WebAssembly core 1.0, section 5.5.5). Throws RangeError for a form that is not known. */
export function readImports(bytes: ModuleReader): ModuleImport[] {
  const imports: ModuleImport[] = [];
  for (let left = bytes.leb(); left > 0; left--) {
    bytes.skip(bytes.leb());
    bytes.skip(bytes.leb());
    imports.push(readImport(bytes));
  }
  return imports;
}

function readImport(bytes: ModuleReader): ModuleImport {
  const number = bytes.byte();
  const kind = KINDS[number];
  if (kind === undefined) throw new RangeError(`import kind ${String(number)} is not known`);
  if (number === MEMORY) return { kind, limits: readLimits(bytes) };
  if (number === FUNCTION) bytes.leb();
  if (number === GLOBAL) {
    readValueType(bytes);
    bytes.skip(1);
  }
  if (number === TABLE) {
    readReferenceType(bytes);
    readLimits(bytes);
  }
  return { kind };
}

function readLimits(bytes: ModuleReader): MemoryLimits {
  const flags = bytes.byte();
  if (flags > 1) throw new RangeError('shared and 64-bit memories are not supported');
  const minPages = bytes.leb();
  return { minPages, maxPages: flags === 1 ? bytes.leb() : undefined };
}
