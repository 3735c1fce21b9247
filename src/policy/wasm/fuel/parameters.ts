import { ModuleReader } from '../module-reader.js';
import { readValueTypes } from '../value-type.js';
import { NotMetered } from './not-metered.js';
import { SECTION, type Sections } from './sections.js';

const FUNCTION_TYPE = 0x60;

/** Returns the number of parameters of each defined function, in the order of the code section. */
export function parameterCounts(sections: Sections): readonly number[] {
  const types = readTypes(readerOf(sections, SECTION.type));
  const reader = readerOf(sections, SECTION.function);
  if (reader.done()) return [];
  return Array.from({ length: reader.leb() }, () => types[reader.leb()] ?? 0);
}

/** Reads the number of parameters of each type (WebAssembly core 2.0, section 5.5.4). */
function readTypes(reader: ModuleReader): readonly number[] {
  if (reader.done()) return [];
  return Array.from({ length: reader.leb() }, () => {
    if (reader.byte() !== FUNCTION_TYPE) throw new NotMetered('it has a type of no function');
    const parameters = readValueTypes(reader);
    readValueTypes(reader);
    return parameters;
  });
}

function readerOf(sections: Sections, id: number): ModuleReader {
  return new ModuleReader(sections.get(id) ?? new Uint8Array(), 0);
}
