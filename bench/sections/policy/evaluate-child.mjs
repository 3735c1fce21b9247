// In a separate process, pinned: times evaluations in our engine, and through the package's own loader.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { builtEngine } from '../../built.mjs';
import { answerTasks } from '../../child.mjs';
import { quantiles } from '../../quantiles.mjs';

const { createPolicyEngine, canonicalJson, memoryLimits, readBundle, instanceOf, withoutCharges } =
  await builtEngine();
const packageLoader = createRequire(import.meta.url)('@open-policy-agent/opa-wasm');

/** A slow evaluation is a figure here, not a reason to refuse the next ones. */
const NEVER = { maxMs: Number.POSITIVE_INFINITY, tripAfter: 1, coolDownMs: 0 };
const BLOCK = 50;
const WARM_MS = 100;
/** The first calls of a policy compile its patterns, and again once its memory has grown. */
const WARM_CALLS = 3;
const loaded = new Map();

/** The three ways through one bundle, made once. Their decisions on the input are compared. */
async function load({ file, input }) {
  const known = loaded.get(file);
  if (known !== undefined) return known;
  const bundle = await readBundle(readFileSync(file));
  const engine = createPolicyEngine({ breaker: NEVER });
  await engine.activate(bundle);
  const instance = await instanceOf(bundle);
  const free = await instanceOf(withoutCharges(bundle));
  const bytes = Buffer.from(canonicalJson(input));
  const wasm = bundle.modules.get('countersign/decision').original;
  const plain = packageLoader.loadPolicySync(
    new Uint8Array(wasm),
    { initial: memoryLimits(wasm).minPages, maximum: 2048 },
    {},
  );
  plain.setData(JSON.parse(Buffer.from(bundle.data).toString()));
  const { result } = await engine.decide(input);
  const ways = {
    decide: () => engine.decide(input),
    evaluate: () => instance.evaluate(bytes),
    /** The module without the code that counts. */
    without_fuel: () => free.evaluate(bytes),
    /** What the package's evaluate() takes and gives: nothing is hashed or checked. */
    same_work: () => JSON.parse(instance.evaluate(Buffer.from(JSON.stringify(input)))),
    package: () => plain.evaluate(input),
    decision: result,
    fuel: fuelOf(instance, bytes),
  };
  loaded.set(file, ways);
  return ways;
}

/** Units that the input takes on a fresh instance, and the units of one evaluation. */
function fuelOf(instance, bytes) {
  const fresh = instance.another();
  fresh.evaluate(bytes);
  return { used: fresh.fuelUsed, budget: fresh.fuel };
}

/** Blocks of calls of each way in turn for `seconds`, microseconds each. */
async function time(ways, names, seconds) {
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (const name of names) {
    const warmUntil = performance.now() + WARM_MS;
    for (let i = 0; i < WARM_CALLS || performance.now() < warmUntil; i++) await ways[name]();
  }
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    for (const name of names) {
      // A block of the slowest way must not take the seconds of the others.
      const blockUntil = performance.now() + 50;
      for (let i = 0; i < BLOCK && performance.now() < blockUntil; i++) {
        const from = performance.now();
        const pending = ways[name]();
        // Only decide() is a promise; its answer is there before it is awaited.
        times[name].push((performance.now() - from) * 1000);
        await pending;
      }
    }
  }
  return Object.fromEntries(names.map((name) => [name, quantiles(times[name])]));
}

answerTasks(async ({ file, input, names, seconds }) => {
  const ways = await load({ file, input });
  return { decision: ways.decision, fuel: ways.fuel, times: await time(ways, names, seconds) };
});
