// In a separate process, pinned: decisions of one engine without a trial, with a shadow and with a canary, in turn.
import { readFileSync } from 'node:fs';
import { builtEngine } from '../../built.mjs';
import { answerTasks } from '../../child.mjs';
import { quantiles } from '../../quantiles.mjs';

const { createPolicyEngine, readBundle } = await builtEngine();
const NEVER = { maxMs: Number.POSITIVE_INFINITY, tripAfter: 1, coolDownMs: 0 };
const BLOCK = 200;
const WARM_BLOCKS = 5;

const turnOfTheLoop = () => new Promise((resolve) => setImmediate(resolve));

answerTasks(async ({ files, inputs, percent, seconds }) => {
  const [active, trial] = await Promise.all(files.map((file) => readBundle(readFileSync(file))));
  const engine = createPolicyEngine({ breaker: NEVER });
  await engine.prepare(active);
  await engine.prepare(trial);
  const role = { digest: trial.digest, since_ms: 1 };
  const roles = { alone: {}, shadow: { shadow: role }, canary: { canary: { ...role, percent } } };
  const times = { alone: [], shadow: [], canary: [] };
  const cpu = { alone: 0, shadow: 0, canary: 0 };
  let until = Number.POSITIVE_INFINITY;
  for (let block = 0; block % 3 !== 0 || performance.now() < until; block++) {
    if (block === WARM_BLOCKS * 3) until = performance.now() + seconds * 1000;
    const way = Object.keys(roles)[block % 3];
    engine.assign({ active: active.digest, ...roles[way] }, [trial.digest]);
    const [kept, before] = [block >= WARM_BLOCKS * 3, process.cpuUsage()];
    for (let i = 0; i < BLOCK; i++) {
      const from = performance.now();
      await engine.decide(inputs[i % inputs.length]);
      if (kept) times[way].push((performance.now() - from) * 1000);
      // One turn between two requests, in which a comparison may run.
      await turnOfTheLoop();
    }
    const { user, system } = process.cpuUsage(before);
    if (kept) cpu[way] += user + system;
  }
  return Object.fromEntries(
    Object.entries(times).map(([way, all]) => {
      const { count, p50, p99 } = quantiles(all);
      const cpu_us = Math.round((cpu[way] / count) * 10) / 10;
      return [way, { p50_us: p50, p99_us: p99, cpu_us }];
    }),
  );
});
