import { ModuleReader } from '../module-reader.js';
import { readValueType } from '../value-type.js';
import { ByteWriter } from './byte-writer.js';
import type { ChargeCode } from './charge-code.js';
import { chargesOf } from './charges.js';
import { NotMetered } from './not-metered.js';

const I32 = 0x7f;
/** Share of a body's bytes that its charges take, at most, in the modules of OPA. */
const EXPECTED_GROWTH = 1.5;

/** The declared locals of a function, without its parameters. */
interface Locals {
  readonly groups: number;
  readonly count: number;
  /** The groups as they stand in the body. */
  readonly bytes: Uint8Array;
}

/**
 * Returns a function body with its charges.
 * `parameters` is the number of the function's parameters. Throws NotMetered.
 */
export function meterBody(body: Uint8Array, code: ChargeCode, parameters: number): Uint8Array {
  const reader = new ModuleReader(body, 0);
  const locals = readLocals(reader, body);
  let done = reader.offset;
  const charges = chargesOf(reader);
  if (!reader.done()) throw new NotMetered('a function has bytes after its last instruction');
  const out = new ByteWriter(body.length * EXPECTED_GROWTH);
  declare(
    out,
    locals,
    charges.some(({ kind }) => kind === 'length'),
  );
  for (const charge of charges) {
    out.write(body.subarray(done, charge.at));
    out.write(code.of(charge, parameters + locals.count));
    done = charge.at;
  }
  out.write(body.subarray(done));
  return out.bytes();
}

function readLocals(reader: ModuleReader, body: Uint8Array): Locals {
  const groups = reader.leb();
  const start = reader.offset;
  let count = 0;
  for (let left = groups; left > 0; left--) {
    count += reader.leb();
    readValueType(reader);
  }
  return { groups, count, bytes: body.subarray(start, reader.offset) };
}

/** Declares the locals; with `scratch` one i32 after them, for the length of a bulk operation. */
function declare(out: ByteWriter, { groups, bytes }: Locals, scratch: boolean): void {
  out.leb(groups + (scratch ? 1 : 0));
  out.write(bytes);
  if (scratch) out.write([1, I32]);
}
