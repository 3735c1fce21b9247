// The policy lifecycle in numbers. Every part can be asked for alone.
import { findOpaBinary } from '../../contenders/opa.mjs';
import { measureActivation } from './activation.mjs';
import { measureEvaluation } from './evaluation.mjs';
import { measureHotSwap } from './hot-swap.mjs';
import { measureMemory } from './memory.mjs';
import { measurePatterns } from './patterns.mjs';
import { measureReplay } from './replay.mjs';
import { measureRollback } from './rollback.mjs';
import { measureTrials } from './trials.mjs';

const PARTS = {
  evaluation: measureEvaluation,
  patterns: measurePatterns,
  activation: measureActivation,
  memory: measureMemory,
  hot_swap: measureHotSwap,
  replay: measureReplay,
  trials: measureTrials,
  rollback: measureRollback,
};

/** `{part: result}` of the parts asked for. Throws when there is no opa: bundles are compiled with it. */
export async function measurePolicy(bench) {
  const opa = findOpaBinary();
  if (opa === undefined) throw new Error('the policy section needs opa: set COUNTERSIGN_OPA');
  const results = {};
  for (const [name, measure] of Object.entries(PARTS)) {
    if (!bench.options.parts.includes(name)) continue;
    const startedAt = performance.now();
    results[name] = await measure(bench, opa);
    bench.say(`policy, ${name}: took ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  }
  return results;
}
