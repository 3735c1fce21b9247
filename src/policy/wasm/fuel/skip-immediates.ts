import type { ModuleReader } from '../module-reader.js';
import { NotMetered } from './not-metered.js';
import type { Immediates } from './opcodes.js';

/** Set in the alignment of a memory access when an index of a memory follows (multiple memories). */
const WITH_MEMORY_INDEX = 0x40;
const MAX_BYTES_32 = 5;
const MAX_BYTES_33 = 5;
const MAX_BYTES_64 = 10;

/** Reads past the immediates of one instruction. Throws NotMetered for a form that is not known. */
export function skipImmediates(reader: ModuleReader, immediates: Immediates): void {
  switch (immediates) {
    case 'none':
      return;
    case 'block_type':
      return reader.skipLeb(MAX_BYTES_33);
    case 'index':
      return void reader.leb();
    case 'two_indexes':
      reader.leb();
      return void reader.leb();
    case 'label_table':
      // The labels of the table, then the default.
      for (let left = reader.leb() + 1; left > 0; left--) reader.leb();
      return;
    case 'value_types':
      return reader.skip(reader.leb());
    case 'memory_access':
      if (reader.leb() >= WITH_MEMORY_INDEX) throw new NotMetered('it has several memories');
      return void reader.leb();
    case 'memory_index':
      if (reader.leb() !== 0) throw new NotMetered('it has several memories');
      return;
    case 'i32':
      return reader.skipLeb(MAX_BYTES_32);
    case 'i64':
      return reader.skipLeb(MAX_BYTES_64);
    case 'four_bytes':
      return reader.skip(4);
    case 'eight_bytes':
      return reader.skip(8);
    case 'reference_type':
      return reader.skipLeb(MAX_BYTES_33);
  }
}
