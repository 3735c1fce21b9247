/** Bytes of one Bloom filter: 1,024 bits. */
export const FILTER_BYTES = 128;
/**
 * Items after which the filters turn; at 100 items of four bits, about one in 100 new items passes as
 * known.
 */
const ITEMS_MAX = 100;
/** Age after which they turn: an item unseen for one to two turns counts as new again. */
const AGE_MS = 14 * 86_400_000;

/** Two rotating Bloom filters: an item in neither is new. */
export interface Filters {
  old: Uint8Array;
  young: Uint8Array;
  items: number;
  turnedMs: number;
}

export const emptyFilters = (nowMs: number): Filters => ({
  old: new Uint8Array(FILTER_BYTES),
  young: new Uint8Array(FILTER_BYTES),
  items: 0,
  turnedMs: nowMs,
});

export function turnFilters(filters: Filters, nowMs: number): void {
  if (filters.items < ITEMS_MAX && nowMs - filters.turnedMs < AGE_MS) return;
  filters.old = filters.young;
  filters.young = new Uint8Array(FILTER_BYTES);
  filters.items = 0;
  filters.turnedMs = nowMs;
}

/** Adds items (8 bytes each: four 16-bit positions). Returns how many neither filter contained. */
export function addItems(filters: Filters, positions: Uint8Array): number {
  let fresh = 0;
  for (let at = 0; at + 8 <= positions.length; at += 8) {
    let [inYoung, inOld] = [true, true];
    for (let pair = at; pair < at + 8; pair += 2) {
      const position =
        ((positions[pair] ?? 0) * 256 + (positions[pair + 1] ?? 0)) % (FILTER_BYTES * 8);
      const byte = position >> 3;
      const mask = 1 << (position & 7);
      inOld &&= ((filters.old[byte] ?? 0) & mask) !== 0;
      inYoung &&= ((filters.young[byte] ?? 0) & mask) !== 0;
      filters.young[byte] = (filters.young[byte] ?? 0) | mask;
    }
    if (!inYoung) filters.items++;
    if (!inYoung && !inOld) fresh++;
  }
  return fresh;
}
