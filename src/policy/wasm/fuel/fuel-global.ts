import { readImports } from '../import-section.js';
import { ModuleReader } from '../module-reader.js';
import { START_FUEL } from './cost.js';
import { nameBytes, positiveLeb, unsignedLeb } from './encode.js';
import { NotMetered } from './not-metered.js';
import { OP } from './opcodes.js';
import { SECTION, type Sections } from './sections.js';

/** Name of the export by which the host sets and reads the fuel. */
export const FUEL_EXPORT = 'countersign:fuel';

const I64 = 0x7e;
const MUTABLE = 1;
const GLOBAL_KIND = 3;

/**
 * Appends the fuel, a mutable i64 global, and exports it. Returns its index.
 * It comes after every imported and defined global, so no instruction of a valid module names it. Its initial value is
 * the budget of the start function. Throws NotMetered when the module exports the name.
 */
export function addFuelGlobal(sections: Sections): number {
  const imported = sections.get(SECTION.import);
  const imports = imported === undefined ? [] : readImports(new ModuleReader(imported, 0));
  const before = imports.filter(({ kind }) => kind === 'global').length;
  const init = [OP.i64Const, ...positiveLeb(START_FUEL), OP.end];
  const defined = append(sections, SECTION.global, [I64, MUTABLE, ...init]);
  const index = before + defined;
  if (exportNames(sections).includes(FUEL_EXPORT)) {
    throw new NotMetered(`it exports ${FUEL_EXPORT}, the name of the fuel`);
  }
  append(sections, SECTION.export, [...nameBytes(FUEL_EXPORT), GLOBAL_KIND, ...unsignedLeb(index)]);
  return index;
}

/** Appends an entry to a section that is a list. Returns the number of entries before. */
function append(sections: Sections, id: number, entry: readonly number[]): number {
  const content = sections.get(id) ?? Uint8Array.of(0);
  const reader = new ModuleReader(content, 0);
  const count = reader.leb();
  sections.set(
    id,
    Buffer.concat([
      Uint8Array.from(unsignedLeb(count + 1)),
      content.subarray(reader.offset),
      Uint8Array.from(entry),
    ]),
  );
  return count;
}

function exportNames(sections: Sections): readonly string[] {
  const reader = new ModuleReader(sections.get(SECTION.export) ?? Uint8Array.of(0), 0);
  return Array.from({ length: reader.leb() }, () => {
    const name = reader.text();
    reader.skip(1);
    reader.leb();
    return name;
  });
}
