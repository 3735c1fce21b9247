import type { ModuleReader } from '../module-reader.js';
import {
  BYTES_SHIFT,
  ELEMENTS_SHIFT,
  GROW_UNITS,
  SLOW_INSTRUCTION,
  straightLineUnits,
} from './cost.js';
import { NotMetered } from './not-metered.js';
import { BULK_OP, IMMEDIATES, OP, PREFIXED_IMMEDIATES, SLOW_OPCODES } from './opcodes.js';
import { Segments, type Segment } from './segments.js';
import { skipImmediates } from './skip-immediates.js';

/** A charge to insert into a function body before the instruction at `at`. */
export type Charge =
  | { readonly kind: 'constant'; readonly at: number; readonly units: number }
  | { readonly kind: 'length'; readonly at: number; readonly shift: number };

const SHIFTS: ReadonlyMap<number, number> = new Map([
  [BULK_OP.memoryInit, BYTES_SHIFT],
  [BULK_OP.memoryCopy, BYTES_SHIFT],
  [BULK_OP.memoryFill, BYTES_SHIFT],
  [BULK_OP.tableInit, ELEMENTS_SHIFT],
  [BULK_OP.tableCopy, ELEMENTS_SHIFT],
  [BULK_OP.tableGrow, ELEMENTS_SHIFT],
  [BULK_OP.tableFill, ELEMENTS_SHIFT],
]);

/**
 * Reads the instructions of one function body up to its last `end`.
 * Returns its charges in the order of their offsets: at the entry, at the head of each loop, after every
 * SEGMENT_INSTRUCTIONS of straight-line code, and before each operation that grows or that works over a length. A branch to a loop
 * enters at its head and so pays for each turn. Throws NotMetered for an unknown opcode.
 */
export function chargesOf(reader: ModuleReader): Charge[] {
  const segments = new Segments(reader.offset);
  const own: Charge[] = [];
  while (segments.open) {
    const at = reader.offset;
    const segment = segments.at(at);
    const opcode = reader.byte();
    segment.instructions += SLOW_OPCODES.has(opcode) ? SLOW_INSTRUCTION : 1;
    if (opcode === OP.prefixed) {
      own.push(...readPrefixed(reader, at));
      continue;
    }
    const immediates = IMMEDIATES[opcode];
    if (immediates === undefined) throw unknown(opcode.toString(16).padStart(2, '0'));
    if (immediates !== 'none') skipImmediates(reader, immediates);
    if (opcode === OP.memoryGrow) own.push({ kind: 'constant', at, units: GROW_UNITS });
    else if (opcode === OP.block || opcode === OP.if) segments.enterBlock();
    else if (opcode === OP.loop) segments.enterLoop(reader.offset);
    else if (opcode === OP.else) segments.enterElse();
    else if (opcode === OP.end) segments.leave();
  }
  return [...segments.all.map(chargeOf), ...own].sort((a, b) => a.at - b.at);
}

/** Returns the charges of an instruction behind the prefix 0xFC. */
function readPrefixed(reader: ModuleReader, at: number): Charge[] {
  const opcode = reader.leb();
  const immediates = PREFIXED_IMMEDIATES[opcode];
  if (immediates === undefined) throw unknown(`fc ${opcode.toString(16).padStart(2, '0')}`);
  skipImmediates(reader, immediates);
  const shift = SHIFTS.get(opcode);
  const grows = opcode === BULK_OP.tableGrow;
  return [
    ...(grows ? [{ kind: 'constant', at, units: GROW_UNITS } as const] : []),
    ...(shift === undefined ? [] : [{ kind: 'length', at, shift } as const]),
  ];
}

function chargeOf({ at, base, instructions }: Segment): Charge {
  return { kind: 'constant', at, units: base + straightLineUnits(instructions) };
}

function unknown(opcode: string): NotMetered {
  return new NotMetered(`it has the opcode 0x${opcode}, which the fuel meter does not know`);
}
