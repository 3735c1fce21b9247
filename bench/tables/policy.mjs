// The tables of the policy section.
import { rows } from './rows.mjs';

/** Markdown of every part that was measured. */
export function policyTables(policy) {
  const parts = {
    evaluation: (evaluation) => [evaluationTable(evaluation), fuelTable(evaluation)],
    patterns: patternTable,
    activation: activationTable,
    memory: memoryTable,
    hot_swap: hotSwapTable,
    replay: replayTable,
    trials: trialTables,
    rollback: rollbackTable,
  };
  return Object.entries(parts).flatMap(([name, table]) =>
    policy[name] === undefined ? [] : [table(policy[name])].flat(),
  );
}

const pair = ({ p50_us: p50, p99_us: p99 }) => `${p50} / ${p99}`;

function evaluationTable(evaluation) {
  const lines = Object.entries(evaluation).map(([name, { contenders, ratios, wasm_kb: kb }]) => [
    name,
    kb,
    ...['evaluate', 'decide', 'opa_bench', 'opa_server'].map((one) => pair(contenders[one])),
    ratios.opa_bench,
    ratios.opa_server,
  ]);
  const head = ['policy', 'kB', 'WASM alone', 'our decision', '`opa bench`', 'OPA server'];
  const title = '**One evaluation**, p50 / p99 in µs; ratios of the medians to our decision';
  return `${title}\n\n${rows([...head, 'bench / ours', 'server / ours'], lines)}`;
}

function fuelTable(evaluation) {
  const lines = Object.entries(evaluation).map(([name, { contenders, ratios, fuel }]) => [
    name,
    ...['evaluate', 'without_fuel'].map((one) => pair(contenders[one])),
    ratios.fuel,
    fuel.used,
    `1 / ${Math.round(fuel.budget / fuel.used)}`,
  ]);
  const head = [
    'policy',
    'with fuel',
    'without',
    'ratio',
    'units, fresh instance',
    'of the budget',
  ];
  return `**Fuel**, evaluations in µs, p50 / p99\n\n${rows(head, lines)}`;
}

function patternTable({ control, cases }) {
  const line = (name, one) => [
    name.replaceAll('_', ' '),
    ...['package', 'same_work', 'decide'].map((way) => pair(one[way])),
    ...[one.ratio, one.decide_ratio, one.patterns_ratio ?? ''],
  ];
  const lines = Object.entries({ 'no pattern (control)': control, ...cases });
  const head = ['policy', 'the package', 'same work', 'our decision', '/ same work'];
  const rest = ['/ decision', 'patterns alone'];
  const title = "**Patterns**, p50 / p99 in µs; ratios of the package's `evaluate` to ours";
  return `${title}\n\n${rows(
    [...head, ...rest],
    lines.map(([name, one]) => line(name, one)),
  )}`;
}

function activationTable({ control, steps, ...one }) {
  const line = (name, { took_ms: took, latency_ms: latency, stalls }) => [
    name,
    took === undefined ? '' : `${took.p50} / ${took.max}`,
    ...[latency.p50, latency.p99, latency.max],
    ...[stalls.ran_ms, stalls.stalled_ms],
  ];
  const lines = [
    line('nothing (control)', control),
    ...Object.entries(steps).map(([name, step]) => line(name, step)),
    line(`activate after a replay of ${one.with_record.recorded}`, one.with_record),
  ];
  const head = ['during', 'took ms', 'p50 ms', 'p99 ms', 'slowest ms'];
  const rest = ['main thread ms', 'loop blocked ms'];
  const retried =
    one.admissions_broken_off > 0
      ? `; ${one.admissions_broken_off} admissions took over 10 s and were asked for again`
      : '';
  const title = `**${one.activations} bundles with 1 MB of data** (${one.bundle_kb} kB packed) under ${one.requests_per_second} requests/s, ${one.failed} failed${retried}`;
  return `${title}\n\n${rows([...head, ...rest], lines)}`;
}

function memoryTable({ activations, ms_each: each, early, last, slope_mb_per_1000: slope }) {
  const line = (name, one) => [name, one.resident_mb, one.heap_mb, one.external_mb];
  const lines = [
    line(`after ${early.activations}`, early),
    line(`after ${last.activations}`, last),
    line('per 1,000 more (slope of the second half)', slope),
  ];
  const title = `**Memory after ${activations} activations** of four bundles in turn, ${each} ms each`;
  return `${title}\n\n${rows(['activations', 'resident MB', 'heap MB', 'external MB'], lines)}`;
}

function hotSwapTable(one) {
  const { latency_ms: all, latency_during_swaps_ms: near, memory_mb: mb } = one;
  const lines = [
    ['requests', one.requests],
    ['broken connections / not 200', `${one.broken} / ${one.not_200}`],
    ['decided by a revision not in force', one.not_in_force],
    ['revisions seen', one.revisions_seen],
    ['latency p50 / p99 / max, ms', `${all.p50} / ${all.p99} / ${all.max}`],
    ['latency during a swap, ms', `${near.p50} / ${near.p99} / ${near.max}`],
    ['a swap takes, p50 / max, ms', `${one.swap_ms.p50} / ${one.swap_ms.max}`],
    ...['resident', 'heap', 'external'].map((name) => [
      `${name} MB before / after, collected`,
      `${mb.before[name]} / ${mb.after[name]}`,
    ]),
  ];
  const title = `**${one.swaps} swaps in ${one.seconds} s** at ${one.requests_per_second} requests/s`;
  return `${title}\n\n${rows(['', ''], lines)}`;
}

const REPLAYED = {
  stored: 'from the audit store, with the deciding bundle',
  same: 'from memory, with the deciding bundle',
  changed: 'from memory, with one of shorter lifetimes',
};

function replayTable({ decisions, ...candidates }) {
  const lines = Object.entries(candidates).map(([name, one]) => [
    REPLAYED[name],
    one.decisions_per_second,
    one.unchanged,
    Object.entries(one.changes)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', '),
  ]);
  const title = `**Replay of ${decisions} decisions**, one core`;
  return `${title}\n\n${rows(['', 'decisions/s', 'unchanged', 'changes'], lines)}`;
}

function trialTables({ engine, service, percent }) {
  const lines = Object.keys(engine).map((way) => [
    way === 'canary' ? `canary, ${percent} %` : way,
    `${engine[way].p50_us} / ${engine[way].p99_us}`,
    engine[way].cpu_us,
    ...[service[way].rps, service[way].p50_ms, service[way].p99_ms],
    service[way].cpu_ms_per_request,
  ]);
  const head = ['trial', 'decision p50 / p99 µs', 'CPU µs', 'requests/s'];
  const title = '**Trials**: the decision alone, and issuing under full load';
  return `${title}\n\n${rows([...head, 'p50 ms', 'p99 ms', 'CPU ms/request'], lines)}`;
}

function rollbackTable({ nodes, requests, failed, ...changes }) {
  const lines = Object.entries(changes).map(
    ([name, { acknowledged_ms: ack, everywhere_ms: all, late }]) => [
      `${name} (${ack.count})`,
      ...[ack.p50, ack.p99, all.p50, all.p99, all.max, late],
    ],
  );
  const head = [
    '',
    'acknowledged p50 ms',
    'p99 ms',
    'everywhere p50 ms',
    'p99 ms',
    'max ms',
    'late answers',
  ];
  const title = `**Activation and rollback on ${nodes} nodes** under load (${requests} requests, ${failed} failed)`;
  return `${title}\n\n${rows(head, lines)}`;
}
