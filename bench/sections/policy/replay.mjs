// How many recorded decisions a replay puts through a candidate in a second, on one core.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from '../../child.mjs';
import { policyInput } from '../../policy-input.mjs';
import { median } from '../../quantiles.mjs';
import { lifecycleBundles } from './bundles.mjs';
import { replayFromStore } from './replay-store.mjs';

const CHILD = fileURLToPath(new URL('replay-child.mjs', import.meta.url));

/**
 * `{stored, same, changed}`: from an audit store through the bundle that decided, as the service does it; from memory
 * through that bundle, and through one that gives shorter lifetimes.
 */
export async function measureReplay(bench, opa) {
  const { options, folder, say } = bench;
  const decisions = options.quick ? 2000 : 20_000;
  const [same] = await lifecycleBundles(opa, ['replay-0']);
  const [changed] = await lifecycleBundles(opa, ['replay-1'], { shorter: true });
  const files = { same: join(folder, 'replay-0.tar.gz'), changed: join(folder, 'replay-1.tar.gz') };
  writeFileSync(files.same, same.archive);
  writeFileSync(files.changed, changed.archive);
  const child = startChild(options.cores[0], CHILD);
  const inputs = Array.from({ length: decisions }, (_, n) => recordedInput(n));
  const task = { base: files.same, candidates: files, inputs, rounds: options.rounds };
  const reports = await child.ask(task);
  await child.stop();
  const result = { decisions, stored: await replayFromStore(bench, files.same, decisions) };
  say(`replay from the store: ${result.stored.decisions_per_second} decisions a second`);
  for (const [name, runs] of Object.entries(reports)) {
    const [{ replayed, unchanged, changes, groups }] = runs;
    const rate = median(runs.map((run) => run.decisions_per_second));
    if (replayed !== decisions) throw new Error(`replay: ${replayed} of ${decisions} replayed`);
    if ((name === 'same') !== (unchanged === decisions)) {
      throw new Error(`replay through the ${name} bundle: ${unchanged} of ${decisions} unchanged`);
    }
    result[name] = { decisions_per_second: rate, unchanged, changes, groups };
    say(`replay through the ${name} bundle: ${rate} decisions a second`);
  }
  return result;
}

/** Many agents, some denied, lifetimes and signals that differ: no two inputs are equal. */
function recordedInput(n) {
  const input = policyInput(`bench-${n % 1000}`);
  const { request, signals, agent } = input;
  return {
    ...input,
    request: { ...request, ttl_seconds: 30 + (n % 600) },
    agent: n % 10 === 0 ? { ...agent, grants: [] } : agent,
    signals: { ...signals, requests_10m: n % 200, denials_60m: n % 3 },
    now: { unix_ms: input.now.unix_ms - n },
  };
}
