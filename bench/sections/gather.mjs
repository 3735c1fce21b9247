// How long the script of the gather takes inside Redis, by SLOWLOG: with the score, and cut off before it.
import { quantiles } from '../quantiles.mjs';
import { round } from '../redis.mjs';
import { gatherStores } from './gather-store.mjs';

const WIDE = { per_minute: 1e6, burst: 1e6, resource_per_minute: 1e6, resource_burst: 1e6 };
const AT_ONCE = 50;
/** The whole script and the shorter one take turns: neighbours of a shared machine slow both. */
const ROUNDS = 10;
const MINUTE_MS = 60_000;
const WARM_UP_MS = 21 * 86_400_000;
/** Ahead of the server's clock, so that the shard's is the one that counts. */
const START_MS = 4_000_000_000_000;
/** What in the script the score begins with. */
const SCORE = 'local prior = {';

/** Ten minutes give or take one: of every ten-minute cell some are empty, most hold one request. */
const paceMs = (n) => 9 * MINUTE_MS + ((n * 7919) % (2 * MINUTE_MS));

/**
 * `{usual, bursting}`: microseconds of the whole script, of the script without the score, the ratio of their medians,
 * and how many terms an answer held.
 */
export async function measureGather(bench) {
  const { options, redis, say } = bench;
  const open = await gatherStores(redis.client, WIDE);
  const whole = open('gather', (_, source) => source);
  const cut = open('gathercut', (file, source) =>
    file.startsWith('gatherSignals')
      ? source.replace(SCORE, () => `do return { 'CUT' } end\n${SCORE}`)
      : source,
  );
  await redis.client.config('SET', 'slowlog-max-len', '100000');
  const asks = options.quick ? 500 : 5000;
  const result = {};
  for (const [name, prepare] of Object.entries({ usual: asUsual, bursting: atOnce })) {
    say(
      `gather: ${asks} requests of an agent that asks ${name === 'usual' ? 'as ever' : 'in a burst'}`,
    );
    const [full, bare] = [await prepare(whole, name), await prepare(cut, name)];
    const times = { full: [], bare: [] };
    let terms = 0;
    for (let turn = 0; turn < ROUNDS; turn++) {
      terms += await timed(redis.client, times.full, () => full(asks / ROUNDS));
      await timed(redis.client, times.bare, () => bare(asks / ROUNDS));
    }
    const [us, without] = [quantiles(times.full, 0), quantiles(times.bare, 0)];
    const ratio = round(us.p50 / without.p50, 2);
    result[name] = { us, without_score_us: without, ratio, terms: round(terms / asks, 1) };
  }
  return result;
}

/** Three weeks of requests, one in ten minutes; then as many more at that pace. */
async function asUsual(store, id) {
  const agent = await store.agent(id);
  let [tickMs, asked] = [START_MS, 0];
  const next = async () => {
    tickMs += paceMs(asked);
    await agent.setTick(tickMs);
    return agent.ask(`scope-${asked++ % 7}`);
  };
  while (tickMs < START_MS + WARM_UP_MS) await next();
  return async (times) => {
    let terms = 0;
    for (let n = 0; n < times; n++) terms += await next();
    return terms;
  };
}

/** As many requests at once, in waves. */
async function atOnce(store, id) {
  const agent = await store.agent(id);
  return async (times) => {
    let terms = 0;
    for (let n = 0; n < times; n += AT_ONCE) {
      const wave = Array.from({ length: AT_ONCE }, () => agent.ask('scope'));
      for (const shown of await Promise.all(wave)) terms += shown;
    }
    return terms;
  };
}

/** Adds the times of the scripts that `work` runs to `into`, in microseconds inside Redis; resolves to its result. */
async function timed(client, into, work) {
  await client.call('SLOWLOG', 'RESET');
  await client.config('SET', 'slowlog-log-slower-than', '0');
  const done = await work();
  await client.config('SET', 'slowlog-log-slower-than', '-1');
  for (const [, , us, [command]] of await client.call('SLOWLOG', 'GET', '-1')) {
    if (command.toLowerCase() === 'evalsha') into.push(us);
  }
  return done;
}
