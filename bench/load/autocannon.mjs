// Stands in for wrk where there is none. Same environment as requests.lua; BENCH_URL, BENCH_SECONDS, BENCH_CONNECTIONS.
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

const { env } = process;
const hot = Number(env.BENCH_HOT);
const lines = readFileSync(env.BENCH_FILE, 'utf8').trimEnd().split('\n');
const requests = lines.map((line) => {
  const [authorization, body] = line.split('\t');
  const headers = { 'content-type': env.BENCH_TYPE };
  if (authorization !== '') headers.authorization = authorization;
  return { method: 'POST', path: env.BENCH_PATH, headers, body };
});
const cold = requests.length - hot;
let cursor = Number(env.BENCH_START) % cold;
let turn = 0;

function next() {
  turn++;
  if (hot > 0 && turn % 2 === 0) return requests[(turn / 2) % hot];
  const chosen = requests[hot + cursor];
  cursor = (cursor + 1) % cold;
  return chosen;
}

const result = await autocannon({
  url: env.BENCH_URL,
  duration: Number(env.BENCH_SECONDS),
  connections: Number(env.BENCH_CONNECTIONS),
  requests: [{ setupRequest: (request) => ({ ...request, ...next() }) }],
});
const { latency } = result;
const summary = {
  requests: result.requests.total,
  seconds: result.duration,
  p50_ms: latency.p50,
  p90_ms: latency.p90,
  p99_ms: latency.p99,
  non_2xx: result.non2xx,
  failed: result.errors + result.timeouts,
};
process.stdout.write(`RESULT ${JSON.stringify(summary)}\n`);
