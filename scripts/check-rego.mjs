// Checks rego/: METADATA, format, types against the schemas, tests and their coverage.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findOpa } from './lib/opa.mjs';
import { metadataProblems } from './lib/rego-metadata.mjs';

const REGO = fileURLToPath(new URL('../rego/', import.meta.url));
const COVERAGE_PERCENT = 95;

const HELP = `usage: node scripts/check-rego.mjs [step …]

Checks the policy in rego/ and exits 1 when a step fails. All steps run unless some are named:

  metadata  every rule has an id, a title and a description; every id in a result is a rule's
  format    opa fmt would change nothing
  types     opa check --strict against rego/schemas
  tests     opa test, with at least ${COVERAGE_PERCENT} % of the lines covered
`;

const STEPS = { metadata, format, types, tests };

function run(opa, args) {
  return spawnSync(opa, args, { cwd: REGO, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

function output({ stdout, stderr, error }) {
  return `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`.trim();
}

function metadata(opa) {
  const paths = readdirSync(join(REGO, 'countersign'), { recursive: true })
    .map((path) => join('countersign', path))
    .filter((path) => path.endsWith('.rego'))
    .sort();
  const files = paths.map((path) => ({ path, ast: parse(opa, path) }));
  return { problems: metadataProblems(files), done: `${files.length} files` };
}

function parse(opa, path) {
  const ran = run(opa, ['parse', path, '--format', 'json', '--json-include=annotations']);
  if (ran.status !== 0) throw new Error(output(ran));
  return JSON.parse(ran.stdout);
}

function format(opa) {
  const ran = run(opa, ['fmt', '--fail', '--list', 'countersign']);
  const problems = ran.status === 0 ? [] : [`not formatted; run opa fmt -w rego: ${output(ran)}`];
  return { problems, done: 'formatted' };
}

function types(opa) {
  const ran = run(opa, ['check', '--strict', '-b', '.', '--schema', 'schemas']);
  return { problems: ran.status === 0 ? [] : [output(ran)], done: 'typed' };
}

function tests(opa) {
  const ran = run(opa, ['test', '-b', '.', '--timeout', '60s', '--fail-on-empty']);
  if (ran.status !== 0) return { problems: [output(ran)], done: '' };
  const problems = [];
  const { coverage, files } = JSON.parse(
    run(opa, ['test', '-b', '.', '--timeout', '60s', '--coverage']).stdout,
  );
  if (!(coverage >= COVERAGE_PERCENT)) {
    const bare = Object.entries(files).filter(([, { not_covered: rows }]) => rows !== undefined);
    const rows = bare.map(([path, file]) => `  ${path} ${JSON.stringify(file.not_covered)}`);
    problems.push(`${coverage} % is covered, not ${COVERAGE_PERCENT} %:`, ...rows);
  }
  return { problems, done: `${output(ran).split('\n').at(-1)}, ${coverage} % covered` };
}

function main() {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  if (values.help) return void process.stdout.write(HELP);
  const unknown = positionals.filter((name) => !Object.hasOwn(STEPS, name));
  if (unknown.length > 0) throw new Error(`no such step: ${unknown.join(', ')}\n\n${HELP}`);
  const opa = findOpa();
  for (const name of positionals.length > 0 ? positionals : Object.keys(STEPS)) {
    const { problems, done } = STEPS[name](opa);
    for (const problem of problems) process.stdout.write(`${problem}\n`);
    process.stdout.write(`rego ${name}: ${problems.length === 0 ? `ok (${done})` : 'FAILED'}\n`);
    if (problems.length > 0) process.exitCode = 1;
  }
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
