import { ModuleReader } from '../module-reader.js';
import { ByteWriter } from './byte-writer.js';
import { ChargeCode } from './charge-code.js';
import { addFuelGlobal } from './fuel-global.js';
import { meterBody } from './meter-body.js';
import { NotMetered } from './not-metered.js';
import { parameterCounts } from './parameters.js';
import { joinSections, SECTION, splitSections, type Sections } from './sections.js';

/**
 * Returns a module that subtracts from its fuel at every function entry and loop head, and traps when none is left.
 * Nothing else ends WASM on the main thread. The original must be valid first: a module that writes one global too
 * many is not, but becomes valid with the fuel appended, and would refill it. Throws NotMetered for a module that is
 * not valid, or that has a form or an opcode that the meter does not know.
 */
export function addFuel(wasm: Uint8Array): Uint8Array {
  const original = new Uint8Array(wasm);
  if (!WebAssembly.validate(original)) throw new NotMetered('it is not a valid module');
  const metered = rewrite(original);
  if (!WebAssembly.validate(metered)) throw new NotMetered('it is not valid with fuel added');
  return metered;
}

function rewrite(wasm: Uint8Array): Uint8Array<ArrayBuffer> {
  try {
    const sections = splitSections(wasm);
    const fuel = addFuelGlobal(sections);
    meterCode(sections, new ChargeCode(fuel));
    return joinSections(sections);
  } catch (error) {
    if (error instanceof RangeError) throw new NotMetered(error.message, { cause: error });
    throw error;
  }
}

function meterCode(sections: Sections, charges: ChargeCode): void {
  const code = sections.get(SECTION.code);
  if (code === undefined) return;
  const parameters = parameterCounts(sections);
  const reader = new ModuleReader(code, 0);
  const count = reader.leb();
  const out = new ByteWriter(code.length * 2);
  out.leb(count);
  for (let i = 0; i < count; i++) {
    const body = meterBody(reader.take(reader.leb()), charges, parameters[i] ?? 0);
    out.leb(body.length);
    out.write(body);
  }
  sections.set(SECTION.code, out.bytes());
}
