import { createHash } from 'node:crypto';

/**
 * What may be new to an agent, as the filters of its signals know it: the first eight bytes of a digest, four positions
 * of 16 bits.
 */
export const scopeItem = (resource: string, scope: string): Buffer =>
  position(`scope ${resource} ${scope}`);

/** The same of a resource. */
export const resourceItem = (resource: string): Buffer => position(`resource ${resource}`);

function position(item: string): Buffer {
  return createHash('sha1').update(item).digest().subarray(0, 8);
}
