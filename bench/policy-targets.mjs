// Goals of the policy section, compared with what came out.

/** `[{name, wanted, got, met}]` of the parts that were measured. */
export function policyTargets(policy) {
  const { evaluation, patterns, activation, memory, hot_swap, replay, trials, rollback } = policy;
  return [
    ...(evaluation === undefined ? [] : evaluationTargets(evaluation)),
    ...(patterns === undefined ? [] : patternTargets(patterns)),
    ...(activation === undefined ? [] : activationTargets(activation)),
    ...(memory === undefined ? [] : [memoryTarget(memory)]),
    ...(hot_swap === undefined ? [] : hotSwapTargets(hot_swap)),
    ...(replay === undefined ? [] : replayTargets(replay)),
    ...(trials === undefined ? [] : trialTargets(trials)),
    ...(rollback === undefined ? [] : rollbackTargets(rollback)),
  ];
}

const atMost = (name, most, got, unit = '') => ({
  name,
  wanted: `<= ${most}${unit}`,
  got: `${got}${unit}`,
  met: got <= most,
});
const atLeast = (name, least, got, unit = '') => ({
  name,
  wanted: `>= ${least}${unit}`,
  got: `${got}${unit}`,
  met: got >= least,
});

function evaluationTargets(evaluation) {
  return Object.entries(evaluation).flatMap(([name, { ratios }]) => [
    atLeast(`policy ${name}: opa bench / our decision, p50`, 1, ratios.opa_bench),
    atLeast(`policy ${name}: OPA server / our decision, p50`, 1, ratios.opa_server),
  ]);
}

function patternTargets({ cases }) {
  return Object.entries(cases).map(([name, { ratio }]) =>
    atLeast(`${name}: the package's evaluate / ours, p50`, 10, ratio),
  );
}

function activationTargets({ control, steps, bundle_kb: kb, with_record: replayed }) {
  const all = [...Object.values(steps), replayed];
  const slowest = Math.max(...all.map(({ latency_ms }) => latency_ms.max));
  const ran = Math.max(...all.map(({ stalls }) => stalls.ran_ms));
  const what = `activation of 1 MB of data (${kb} kB packed), slowest`;
  const gate = `that, ${replayed.recorded} recorded decisions replayed first`;
  const request = `slowest request during push, admission and activation (control ${control.latency_ms.max} ms)`;
  return [
    atMost(what, 2000, steps.activate.took_ms.max, ' ms'),
    atMost(gate, 2000, replayed.took_ms.max, ' ms'),
    atMost(request, 50, slowest, ' ms'),
    atMost('longest the main thread computed without a turn', 50, ran, ' ms'),
  ];
}

function memoryTarget({ activations, slope_mb_per_1000: slope }) {
  const name = `resident memory per 1,000 activations (of ${activations}, second half)`;
  return atMost(name, 1, slope.resident_mb, ' MB');
}

function hotSwapTargets(hotSwap) {
  const { swaps, seconds, requests, broken, not_200: refused, not_in_force: wrong } = hotSwap;
  const where = `${swaps} swaps, ${seconds} s, ${requests} requests`;
  const { before, after } = hotSwap.memory_mb;
  const growth = Math.round((after.resident / before.resident) * 100) / 100;
  return [
    atMost(`${where}: failed`, 0, broken + refused),
    atMost(`${where}: decided by a revision not in force`, 0, wrong),
    atMost(`${where}: resident memory after / before`, 1.1, growth),
  ];
}

function replayTargets({ decisions, ...candidates }) {
  return Object.entries(candidates).map(([name, { decisions_per_second: rate }]) =>
    atLeast(`replay of ${decisions} decisions (${name}), a second`, 5000, rate),
  );
}

function trialTargets({ engine }) {
  const extra = (way) => Math.round((engine[way].p50_us - engine.alone.p50_us) * 10) / 10;
  const one = engine.alone.p50_us;
  return ['shadow', 'canary'].map((way) =>
    atMost(
      `a ${way} makes the live decision wait for more, p50 (one evaluation)`,
      one,
      extra(way),
      ' µs',
    ),
  );
}

function rollbackTargets({ nodes, rollback, activation }) {
  return [
    atMost(`rollback on ${nodes} nodes, everywhere, p99`, 1000, rollback.everywhere_ms.p99, ' ms'),
    atMost(
      `${nodes} nodes: answers by the old bundle after a change was acknowledged`,
      0,
      rollback.late + activation.late,
    ),
  ];
}
