import { createHash } from 'node:crypto';

/**
 * Returns the filter key of a scope on a resource, for first-seen signals.
 *
 * The key is the first eight bytes of a digest: four filter positions of 16 bits.
 */
export const scopeItem = (resource: string, scope: string): Buffer =>
  position(`scope ${resource} ${scope}`);

/** Returns the filter key of a resource. */
export const resourceItem = (resource: string): Buffer => position(`resource ${resource}`);

function position(item: string): Buffer {
  return createHash('sha1').update(item).digest().subarray(0, 8);
}
