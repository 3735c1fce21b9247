import { readScriptFile, readScripts, type Scripts } from '../../src/redis/scripts.js';

/** Changes the text of a script or include by its path below `lua/`; tests remove a guard with it. */
export type EditScript = (file: string, source: string) => string;

/** The scripts of the service; with `edit`, each file as `edit` returns it. */
export function editedScripts(edit: EditScript = (_, source) => source): Scripts {
  return readScripts((path) => edit(path, readScriptFile(path)));
}

const TIME = 'return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)';
const DOUBT = 'if math.abs(time - node) > bound then';

/**
 * Puts the clock of Redis into the test's hand.
 * A tick that is ahead of the server's clock is the time, and no difference to this machine's clock is refused.
 */
export const clockInHand: EditScript = (file, source) => {
  if (file !== 'includes/shard.lua') return source;
  for (const part of [TIME, DOUBT]) {
    if (!source.includes(part)) throw new Error(`shard.lua has no ${part}`);
  }
  const tick = "tonumber(redis.call('HGET', KEYS[1], 'tick') or '0')";
  return source
    .replace(TIME, `${TIME.replace('return ', `return math.max(${tick}, `)})`)
    .replace(DOUBT, 'if false then');
};

/** The key with the milliseconds by which `movedClock` moves the clock of Redis. */
export const MOVED_BY_MS = 'test:clock-moved-by-ms';

/** Moves the clock that the scripts read, by the value of `MOVED_BY_MS` at each run. */
export const movedClock: EditScript = (file, source) => {
  if (file !== 'includes/shard.lua') return source;
  if (!source.includes(TIME)) throw new Error(`shard.lua has no ${TIME}`);
  return source.replace(TIME, `${TIME} + tonumber(redis.call('GET', '${MOVED_BY_MS}') or '0')`);
};
