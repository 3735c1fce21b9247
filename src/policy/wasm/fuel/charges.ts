import type { ModuleReader } from '../module-reader.js';
import { BYTES_SHIFT, ELEMENTS_SHIFT, GROW_UNITS, straightLineUnits } from './cost.js';
import { NotMetered } from './not-metered.js';
import { BULK_OP, IMMEDIATES, OP, PREFIXED_IMMEDIATES } from './opcodes.js';
import { skipImmediates } from './skip-immediates.js';

/** A charge to insert into a function body before the instruction at `at`. */
export type Charge =
  | { readonly kind: 'turn'; readonly at: number; readonly units: number }
  | { readonly kind: 'length'; readonly at: number; readonly shift: number };

/** The straight-line code that a function entry or a loop head pays for; nested loops pay for theirs. */
interface Segment {
  readonly at: number;
  instructions: number;
  /** Units in addition to those of the instructions. */
  extra: number;
}

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
 * Returns its charges in the order of their offsets: one at the entry, one at the head of each loop, one before each
 * operation whose work is its length. A branch to a loop enters at its head and so pays for each turn. Throws
 * NotMetered for an unknown opcode.
 */
export function chargesOf(reader: ModuleReader): Charge[] {
  const entry: Segment = { at: reader.offset, instructions: 0, extra: 0 };
  const segments = [entry];
  const lengths: Charge[] = [];
  /** Segment of each open block, the function body first. */
  const open = [entry];
  while (open.length > 0) {
    const segment = open[open.length - 1] ?? entry;
    const at = reader.offset;
    const opcode = reader.byte();
    segment.instructions += 1;
    if (opcode === OP.prefixed) {
      const shift = readPrefixed(reader, segment);
      if (shift !== undefined) lengths.push({ kind: 'length', at, shift });
      continue;
    }
    const immediates = IMMEDIATES[opcode];
    if (immediates === undefined) throw unknown(opcode.toString(16).padStart(2, '0'));
    if (immediates === 'none') {
      if (opcode === OP.end) open.pop();
      continue;
    }
    skipImmediates(reader, immediates);
    if (opcode === OP.memoryGrow) segment.extra += GROW_UNITS;
    else if (opcode === OP.block || opcode === OP.if) open.push(segment);
    else if (opcode === OP.loop) {
      const turn: Segment = { at: reader.offset, instructions: 0, extra: 0 };
      segments.push(turn);
      open.push(turn);
    }
  }
  return [...segments.map(turnOf), ...lengths].sort((a, b) => a.at - b.at);
}

/** Returns the shift from the length of a bulk operation to its units; undefined for any other instruction. */
function readPrefixed(reader: ModuleReader, segment: Segment): number | undefined {
  const opcode = reader.leb();
  const immediates = PREFIXED_IMMEDIATES[opcode];
  if (immediates === undefined) throw unknown(`fc ${opcode.toString(16).padStart(2, '0')}`);
  skipImmediates(reader, immediates);
  if (opcode === BULK_OP.tableGrow) segment.extra += GROW_UNITS;
  return SHIFTS.get(opcode);
}

function turnOf({ at, instructions, extra }: Segment): Charge {
  return { kind: 'turn', at, units: straightLineUnits(instructions) + extra };
}

function unknown(opcode: string): NotMetered {
  return new NotMetered(`it has the opcode 0x${opcode}, which the fuel meter does not know`);
}
