import type { Config } from '../config/config.js';

/** Returns the maximum time in which a token counts as live, clock skew included, in milliseconds. */
export function longestTokenMs({ tokens }: Pick<Config, 'tokens'>): number {
  return (tokens.maxTtlSeconds + tokens.skewSeconds) * 1000;
}
