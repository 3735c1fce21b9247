#!/usr/bin/env node
// What ways of writing Rego cost in the engine of the service, or what a policy's own cases cost.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { dataOf, IDIOMS, policyOf } from '../bench/rego/idioms.mjs';
import { build } from './build.mjs';
import { root } from './lib/root.mjs';

const HELP = `usage: node scripts/measure-rego.mjs [FOLDER] [--with FOLDER] [--times N]

Prints the median and the 99th percentile of an evaluation, in microseconds, as the service evaluates, and the
memory of the instance: without a folder, of ways to say something in Rego; with the folder of a policy, of each of
its cases. For example: rego/examples/payments --with rego/frame

  --with FOLDER  add the Rego of this folder, as countersign policy build does; may be given again
  --times N      evaluations in each of five rounds, the best of which is printed (300)
  --json         one JSON object instead of the table
  --help         this text
`;

const ROUNDS = 5;

/** An allowed request: `neutral` with a scope, a resource and these labels. */
function askFor(neutral, { labels = {} }) {
  const scopes = [{ name: 'read', risk: 'low', description: '' }];
  return {
    ...neutral,
    request: { resource: 'api', scopes: ['read'], ttl_seconds: 60, declared: {} },
    agent: { ...neutral.agent, labels },
    resource: { id: 'api', audiences: ['https://api.example'], scopes },
  };
}

async function measureIdioms({ engineOf, leastOf }, times) {
  const { NEUTRAL_INPUT } = await import(
    pathToFileURL(join(root, 'dist', 'policy', 'serving', 'neutral-input.js')).href
  );
  const rows = [];
  for (const idiom of IDIOMS) {
    const engine = await engineOf({ 'policy.rego': policyOf(idiom) }, dataOf(idiom));
    const { effect, ...found } = await leastOf(ROUNDS, engine, askFor(NEUTRAL_INPUT, idiom), times);
    if (effect !== 'allow') throw new Error(`${idiom.name}: the condition does not hold`);
    rows.push({ group: idiom.group, name: idiom.name, ...found });
    process.stderr.write('.');
  }
  process.stderr.write('\n');
  return rows;
}

/** Every Rego file and case of a policy's folder, and its configuration. */
async function measureCases({ engineOf, leastOf }, times, folder, withFolders) {
  const author = (name) =>
    import(pathToFileURL(join(root, 'dist', 'policy', 'author', `${name}.js`)).href);
  const { parseCases } = await author('cases');
  const { readSourceFolder } = await author('sources');
  const sources = await readSourceFolder(folder, { withFolders });
  const texts = (files) => [...files].map(([path, content]) => [path, content.toString('utf8')]);
  const config = JSON.parse(readFileSync(join(folder, 'countersign/config/data.json'), 'utf8'));
  const engine = await engineOf(Object.fromEntries(texts(sources.rego)), {
    countersign: { config },
  });
  const rows = [];
  for (const { file, name, input } of parseCases(new Map(texts(sources.cases)))) {
    const found = await leastOf(ROUNDS, engine, input, times);
    rows.push({ group: file, name, ...found });
  }
  return rows.sort((a, b) => b.p50 - a.p50);
}

function print(rows) {
  let group = '';
  process.stdout.write('   p50 µs    p99 µs memory MB\n');
  for (const row of rows) {
    if (row.group !== group) process.stdout.write(`\n${row.group}\n`);
    group = row.group;
    const [p50, p99, mb] = [row.p50, row.p99, row.memory_mb].map((value) =>
      value.toFixed(1).padStart(9),
    );
    process.stdout.write(`${p50} ${p99} ${mb}  ${row.name}\n`);
  }
}

async function main() {
  const { values, positionals } = parseArgs({
    options: {
      times: { type: 'string', default: '300' },
      with: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
    allowPositionals: true,
  });
  if (values.help) return void process.stdout.write(HELP);
  const times = Number(values.times);
  if (!Number.isInteger(times) || times < 1) throw new Error(`--times takes a number\n\n${HELP}`);
  await build();
  const measure = await import('../bench/rego/measure.mjs');
  const [folder] = positionals;
  const rows =
    folder === undefined
      ? await measureIdioms(measure, times)
      : await measureCases(
          measure,
          times,
          resolve(folder),
          values.with.map((one) => resolve(one)),
        );
  if (values.json) process.stdout.write(`${JSON.stringify({ micros: rows })}\n`);
  else print(rows);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
