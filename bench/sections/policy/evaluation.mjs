// One evaluation of each policy: in our engine, natively in `opa bench`, and of the OPA server over HTTP.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startChild } from '../../child.mjs';
import { JSON_TYPE, postJson } from '../../client.mjs';
import { OPA_PATH, startOpaServer } from '../../contenders/opa.mjs';
import { onCore } from '../../process.mjs';
import { median, quantiles } from '../../quantiles.mjs';
import { round } from '../../redis.mjs';
import { archiveOf, compileFolder, ignoring } from './compile.mjs';
import { measuredPolicies } from './policies.mjs';

const execute = promisify(execFile);
const CHILD = fileURLToPath(new URL('evaluate-child.mjs', import.meta.url));
const QUERY = 'data.countersign.decision';

/** `{policy: {contender: {p50_us, p99_us}, ratios}}`, the contenders in turn, medians of the rounds. */
export async function measureEvaluation(bench, opa) {
  const { options, folder, say } = bench;
  const child = startChild(options.cores[0], CHILD);
  const results = {};
  for (const policy of await measuredPolicies(folder)) {
    const { name, input } = policy;
    const file = join(folder, `${name}.tar.gz`);
    const compiled = await compileFolder(opa, policy.folder, policy.ignore);
    writeFileSync(file, await archiveOf(compiled, { revision: name }));
    const inputFile = join(folder, `${name}-input.json`);
    writeFileSync(inputFile, JSON.stringify(input));
    const server = await startServer(bench, opa, policy);
    const runs = [];
    let fuel;
    for (let turn = 0; turn < options.rounds; turn++) {
      const task = {
        file,
        input,
        names: ['decide', 'evaluate', 'without_fuel'],
        seconds: options.quick ? 0.3 : 1,
      };
      const ours = await child.ask(task);
      ({ fuel } = ours);
      requireSame(name, ours.decision, await server.decide(input));
      const [native, http] = [
        await opaBench(opa, policy, inputFile, options.cores[0]),
        await timeServer(server, input, options.quick ? 0.3 : 1),
      ];
      runs.push({ ...ours.times, opa_bench: native, opa_server: http });
      say(`evaluation of ${name} ${turn + 1}/${options.rounds}: ${shown(runs.at(-1))}`);
    }
    await server.stop();
    results[name] = { ...summary(runs, compiled), fuel };
  }
  await child.stop();
  return results;
}

async function startServer(bench, opa, { name, folder, ignore }) {
  const { options } = bench;
  const server = await startOpaServer(opa, {
    name: `opa-${name}`,
    core: options.cores[0],
    folder: bench.folder,
    cwd: folder,
    args: ['-b', '.', ...ignoring(ignore)],
  });
  const decide = async (input) => {
    const line = ['', JSON.stringify({ input })];
    return (await postJson(server.url, OPA_PATH, JSON_TYPE, line)).result;
  };
  return { decide, stop: server.stop };
}

/** What differs would not be a comparison. Lists of ours are sorted, so only what was granted is looked at. */
function requireSame(name, ours, theirs) {
  const granted = ({ effect, grant }) =>
    JSON.stringify([effect, grant?.scopes, grant?.ttl_seconds]);
  if (ours.effect !== 'allow' || granted(ours) !== granted(theirs)) {
    throw new Error(`${name}: ours ${granted(ours)}, OPA ${granted(theirs ?? {})}`);
  }
}

/** The histogram that `opa bench` itself gives of its evaluations, microseconds. */
async function opaBench(opa, { folder, ignore }, inputFile, core) {
  const args = [
    'bench',
    '-b',
    '.',
    ...ignoring(ignore),
    '--format',
    'json',
    QUERY,
    '-i',
    inputFile,
  ];
  const [file, ...rest] = onCore(core, [opa, ...args]);
  const { stdout } = await execute(file, rest, {
    cwd: folder,
    env: { ...process.env, GOMAXPROCS: '1' },
    maxBuffer: 1 << 24,
  });
  const { Extra: extra } = JSON.parse(stdout);
  const of = (what) => round(extra[`histogram_timer_rego_query_eval_ns_${what}`] / 1000, 2);
  return { count: of('count') * 1000, mean: of('mean'), p50: of('median'), p99: of('99%') };
}

async function timeServer(server, input, seconds) {
  const times = [];
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    const from = performance.now();
    await server.decide(input);
    times.push((performance.now() - from) * 1000);
  }
  return quantiles(times);
}

function summary(runs, { wasm }) {
  const names = Object.keys(runs[0]);
  const of = (name, what) => round(median(runs.map((run) => run[name][what])), 1);
  const contenders = Object.fromEntries(
    names.map((name) => [name, { p50_us: of(name, 'p50'), p99_us: of(name, 'p99') }]),
  );
  const over = (name) => round(contenders[name].p50_us / contenders.decide.p50_us, 1);
  return {
    contenders,
    wasm_kb: round(wasm.length / 1000),
    /** How many of our decisions fit into one of theirs, at the median. */
    ratios: {
      opa_bench: over('opa_bench'),
      opa_server: over('opa_server'),
      /** What counting costs: an evaluation with fuel to one without. */
      fuel: round(contenders.evaluate.p50_us / contenders.without_fuel.p50_us, 2),
    },
  };
}

function shown(run) {
  return Object.entries(run)
    .map(([name, { p50 }]) => `${name} ${p50} µs`)
    .join(', ');
}
