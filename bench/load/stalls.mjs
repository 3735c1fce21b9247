// With `node --import`: notes every stretch in which the loop of a service did not turn, how much of it the main
// thread computed and how much of it the kernel let somebody else run. Written to BENCH_STALLS at SIGUSR2, with what
// memory is in use; unreachable memory is collected first when there is a BENCH_STALLS.gc, which needs --expose-gc.
import { existsSync, openSync, readSync, renameSync, writeFileSync } from 'node:fs';

const EVERY_MS = 2;
const NOTED_MS = 5;
const MOST = 10_000;
const file = process.env.BENCH_STALLS;
const schedstat = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
const buffer = Buffer.alloc(64);
let stalls = [];
let last = sample();

/** Nanoseconds that the main thread ran and that it was ready and had to wait. */
function sample() {
  const length = readSync(schedstat, buffer, 0, buffer.length, 0);
  const [ran, waited] = buffer.toString('latin1', 0, length).split(' ').map(Number);
  return { at: Number(process.hrtime.bigint()), ran, waited };
}

setInterval(() => {
  const now = sample();
  const stalledMs = (now.at - last.at) / 1e6 - EVERY_MS;
  if (stalledMs >= NOTED_MS && stalls.length < MOST) {
    const [ran_ms, waited_ms] = [(now.ran - last.ran) / 1e6, (now.waited - last.waited) / 1e6];
    stalls.push({ at_ns: last.at, stalled_ms: stalledMs, ran_ms, waited_ms });
  }
  last = now;
}, EVERY_MS).unref();

process.on('SIGUSR2', () => {
  if (existsSync(`${file}.gc`)) globalThis.gc();
  writeFileSync(`${file}.half`, JSON.stringify({ stalls, memory: process.memoryUsage() }));
  renameSync(`${file}.half`, file);
  stalls = [];
});
