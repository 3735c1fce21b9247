/**
 * The units of fuel that work costs.
 * A unit is about the work of one turn of a small loop. A constant that changes here changes the fuel of recorded
 * inputs, so METER_VERSION changes with it.
 */
export const METER_VERSION = 1;

/** Units of one evaluation, all calls into the module and its host builtins included. */
export const EVALUATION_FUEL = 10_000_000;

/** Units of the start function of a module, which runs at instantiation. */
export const START_FUEL = 5_000_000;

/** Units of a function entry and of a turn of a loop, in addition to those of its instructions. */
export const TURN_UNITS = 1;
/** Instructions of straight-line code that one unit pays for; a slow instruction counts as SLOW_INSTRUCTION. */
const INSTRUCTIONS_PER_UNIT = 32;
/** Instructions that a division, a square root or a conversion from a float counts as. */
export const SLOW_INSTRUCTION = 8;
/**
 * Maximum number of instructions that are paid for at once.
 * Rules compile to long code that most inputs leave early: it is paid for in parts, as it is reached.
 */
export const SEGMENT_INSTRUCTIONS = 256;
/** `memory.grow` and `table.grow` call into the runtime of the host. */
export const GROW_UNITS = 1000;
/** One unit pays for 2^6 = 64 bytes of a bulk memory operation. */
export const BYTES_SHIFT = 6;
/** One unit pays for one element of a bulk table operation. */
export const ELEMENTS_SHIFT = 0;

/** Units of a call of a host builtin, for the change from WASM to JavaScript and back. */
export const BUILTIN_UNITS = 200;
/** Units of each UTF-16 unit of JSON that a host builtin reads or writes. */
const BUILTIN_UNITS_PER_CHAR = 4;

/** Units for loading data: a separate budget, since a bundle may hold megabytes of it. */
const LOADING_UNITS = 5_000_000;
const LOADING_UNITS_PER_BYTE = 100;

/** Returns the units of straight-line code of `instructions` instructions. */
export function straightLineUnits(instructions: number): number {
  return Math.floor(instructions / INSTRUCTIONS_PER_UNIT);
}

/** Returns the units of one operand or result of a host builtin, as JSON text. */
export function builtinTextUnits(json: string): number {
  return BUILTIN_UNITS_PER_CHAR * json.length;
}

/** Returns the units for reading the tables of a module and loading `bytes` bytes of data. */
export function loadingFuel(bytes: number): number {
  return LOADING_UNITS + LOADING_UNITS_PER_BYTE * bytes;
}
