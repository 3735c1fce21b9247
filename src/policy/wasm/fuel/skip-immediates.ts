import type { ModuleReader } from '../module-reader.js';
import { readBlockType, readReferenceType, readValueTypes } from '../value-type.js';
import { NotMetered } from './not-metered.js';
import type { Immediates } from './opcodes.js';

/** Set in the alignment of a memory access when an index of a memory follows (multiple memories). */
const WITH_MEMORY_INDEX = 0x40;
const MAX_BYTES_32 = 5;
const MAX_BYTES_64 = 10;

type Literal = Extract<
  Immediates,
  'block_type' | 'reference_type' | 'i32' | 'i64' | 'four_bytes' | 'eight_bytes'
>;

/** Reads past the immediates of one instruction. Throws NotMetered for a form that is not known. */
export function skipImmediates(reader: ModuleReader, immediates: Immediates): void {
  switch (immediates) {
    case 'none':
      break;
    case 'index':
      reader.leb();
      break;
    case 'two_indexes':
      reader.leb();
      reader.leb();
      break;
    case 'label_table':
      // The labels of the table, then the default.
      for (let left = reader.leb() + 1; left > 0; left--) reader.leb();
      break;
    case 'value_types':
      readValueTypes(reader);
      break;
    case 'memory_access':
      if (reader.leb() >= WITH_MEMORY_INDEX) throw new NotMetered('it has several memories');
      reader.leb();
      break;
    case 'memory_index':
      if (reader.leb() !== 0) throw new NotMetered('it has several memories');
      break;
    default:
      skipLiteral(reader, immediates);
  }
}

function skipLiteral(reader: ModuleReader, immediates: Literal): void {
  switch (immediates) {
    case 'block_type':
      readBlockType(reader);
      break;
    case 'reference_type':
      readReferenceType(reader);
      break;
    case 'i32':
      reader.skipLeb(MAX_BYTES_32);
      break;
    case 'i64':
      reader.skipLeb(MAX_BYTES_64);
      break;
    case 'four_bytes':
      reader.skip(4);
      break;
    case 'eight_bytes':
      reader.skip(8);
  }
}
