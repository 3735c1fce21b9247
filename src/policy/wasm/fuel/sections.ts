import { ModuleReader } from '../module-reader.js';
import { NotMetered } from './not-metered.js';

const PREAMBLE_BYTES = 8;

/** Section ids of WebAssembly core 2.0, section 5.5.2. */
export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
} as const;

/** The order of the sections in a module. */
const ORDER: readonly number[] = [
  SECTION.type,
  SECTION.import,
  SECTION.function,
  SECTION.table,
  SECTION.memory,
  SECTION.global,
  SECTION.export,
  SECTION.start,
  SECTION.element,
  SECTION.dataCount,
  SECTION.code,
  SECTION.data,
];

/** Contents of the sections of a module by id, without custom sections. */
export type Sections = Map<number, Uint8Array>;

/**
 * Splits a valid module.
 * Custom sections are left out: some of them name offsets in the code, and none affects an evaluation. Throws
 * NotMetered for an unknown section, such as that of exceptions.
 */
export function splitSections(wasm: Uint8Array): Sections {
  const reader = new ModuleReader(wasm, PREAMBLE_BYTES);
  const sections: Sections = new Map();
  while (!reader.done()) {
    const id = reader.byte();
    const content = reader.take(reader.leb());
    if (id === SECTION.custom) continue;
    if (!ORDER.includes(id)) throw new NotMetered(`it has the unknown section ${String(id)}`);
    if (sections.has(id)) throw new NotMetered(`it has the section ${String(id)} twice`);
    sections.set(id, content);
  }
  return sections;
}

/** Returns the sections in the order of a module. */
export function inOrder(sections: Sections): readonly (readonly [id: number, Uint8Array])[] {
  return ORDER.flatMap((id) => {
    const content = sections.get(id);
    return content === undefined ? [] : [[id, content] as const];
  });
}

/** Returns the bytes that every module begins with. */
export function preamble(wasm: Uint8Array): Uint8Array {
  return wasm.subarray(0, PREAMBLE_BYTES);
}
