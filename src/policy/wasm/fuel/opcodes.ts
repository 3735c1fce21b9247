/**
 * Shape of the immediate operands that follow an opcode (WebAssembly core 2.0, section 5.4).
 * Offsets into the code section are never part of an immediate, so bytes may be inserted between instructions.
 */
export type Immediates =
  | 'none'
  | 'block_type'
  | 'index'
  | 'two_indexes'
  | 'label_table'
  | 'value_types'
  | 'memory_access'
  | 'memory_index'
  | 'i32'
  | 'i64'
  | 'four_bytes'
  | 'eight_bytes'
  | 'reference_type';

export const OP = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  localGet: 0x20,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  memoryGrow: 0x40,
  i64Const: 0x42,
  i64LessSigned: 0x53,
  i64Subtract: 0x7d,
  i64ShiftRight: 0x88,
  i64FromUnsigned32: 0xad,
  prefixed: 0xfc,
} as const;

/** Opcodes behind the prefix 0xFC with work that grows with an operand: the length on top of the stack. */
export const BULK_OP = {
  memoryInit: 8,
  memoryCopy: 10,
  memoryFill: 11,
  tableInit: 12,
  tableCopy: 14,
  tableGrow: 15,
  tableFill: 17,
} as const;

type Range = readonly [first: number, last: number, immediates: Immediates];

/** Core 1.0, sign extension, multi-value and reference types. Tail calls and exceptions are not among them. */
const PLAIN: readonly Range[] = [
  [0x00, 0x01, 'none'],
  [0x02, 0x04, 'block_type'],
  [0x05, 0x05, 'none'],
  [0x0b, 0x0b, 'none'],
  [0x0c, 0x0d, 'index'],
  [0x0e, 0x0e, 'label_table'],
  [0x0f, 0x0f, 'none'],
  [0x10, 0x10, 'index'],
  [0x11, 0x11, 'two_indexes'],
  [0x1a, 0x1b, 'none'],
  [0x1c, 0x1c, 'value_types'],
  [0x20, 0x26, 'index'],
  [0x28, 0x3e, 'memory_access'],
  [0x3f, 0x40, 'memory_index'],
  [0x41, 0x41, 'i32'],
  [0x42, 0x42, 'i64'],
  [0x43, 0x43, 'four_bytes'],
  [0x44, 0x44, 'eight_bytes'],
  [0x45, 0xc4, 'none'],
  [0xd0, 0xd0, 'reference_type'],
  [0xd1, 0xd1, 'none'],
  [0xd2, 0xd2, 'index'],
];

/** Behind the prefix 0xFC: saturating truncation, bulk memory and tables. */
const PREFIXED: readonly Range[] = [
  [0, 7, 'none'],
  [8, 8, 'two_indexes'],
  [9, 9, 'index'],
  [10, 10, 'two_indexes'],
  [11, 11, 'memory_index'],
  [12, 12, 'two_indexes'],
  [13, 13, 'index'],
  [14, 14, 'two_indexes'],
  [15, 17, 'index'],
];

/** Divisions, remainders, square roots, roundings and conversions from floats: ten times the time of an addition. */
const SLOW: readonly (readonly [first: number, last: number])[] = [
  [0x6d, 0x70],
  [0x7f, 0x82],
  [0x8d, 0x91],
  [0x95, 0x95],
  [0x9b, 0x9f],
  [0xa3, 0xa3],
  [0xa8, 0xab],
  [0xae, 0xb1],
];

/** The opcodes of slow instructions. */
export const SLOW_OPCODES: ReadonlySet<number> = new Set(
  SLOW.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i)),
);

/** Immediates by opcode; undefined for an opcode that the meter does not know. */
export const IMMEDIATES = tableOf(PLAIN);
/** The table for opcodes behind the prefix 0xFC. */
export const PREFIXED_IMMEDIATES = tableOf(PREFIXED);

/** Returns a list, which is read faster than a map: a module has a hundred thousand instructions. */
function tableOf(ranges: readonly Range[]): readonly (Immediates | undefined)[] {
  const table = Array.from<Immediates | undefined>({ length: 256 });
  for (const [first, last, immediates] of ranges) table.fill(immediates, first, last + 1);
  return table;
}
