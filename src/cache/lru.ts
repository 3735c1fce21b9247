/** Bounded maps in memory: the entry that was used least recently leaves first. */
export { LRUCache } from 'lru-cache';
