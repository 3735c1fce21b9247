import { ModuleReader } from '../module-reader.js';
import { ByteWriter } from './byte-writer.js';
import { NotMetered } from './not-metered.js';

/** Magic number and version 1. */
const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00] as const;

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
  const reader = new ModuleReader(wasm, PREAMBLE.length);
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

/** Returns the module of sections, in the order of a module. */
export function joinSections(sections: Sections): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter([...sections.values()].reduce((sum, { length }) => sum + length, 256));
  out.write(PREAMBLE);
  for (const id of ORDER) {
    const content = sections.get(id);
    if (content === undefined) continue;
    out.write([id]);
    out.leb(content.length);
    out.write(content);
  }
  return out.bytes();
}
