import type { Config } from '../config/config.js';

/** How long a token can live at most, and be seen as living by a clock within the skew; milliseconds. */
export function longestTokenMs({ tokens }: Pick<Config, 'tokens'>): number {
  return (tokens.maxTtlSeconds + tokens.skewSeconds) * 1000;
}
