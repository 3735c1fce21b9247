// Checks the default policy and each example in its frame: METADATA, format, types against the schemas, tests and coverage.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  assembleExample,
  EXAMPLE_NAMES,
  exampleFolder,
  FRAME,
  NOT_DEFAULT,
} from './lib/example-policy.mjs';
import { findOpa } from './lib/opa.mjs';
import { metadataProblems } from './lib/rego-metadata.mjs';

const REGO = fileURLToPath(new URL('../rego/', import.meta.url));
const COVERAGE_PERCENT = 95;

const HELP = `usage: node scripts/check-rego.mjs [step …]

Checks the policy in rego/ and each of rego/examples with rego/frame, and exits 1 when a step fails. All steps run
unless some are named:

  metadata  every rule has an id, a title and a description; every id in a result is a rule's
  format    opa fmt would change nothing
  types     opa check --strict against rego/schemas
  tests     opa test, with at least ${COVERAGE_PERCENT} % of the lines covered
`;

const STEPS = { metadata, format, types, tests };

/** The policies, each as opa loads it: from a separate folder, the examples below `scratch` with the frame. */
function policies(scratch) {
  const ignore = NOT_DEFAULT.flatMap((name) => ['--ignore', name]);
  return [
    { name: 'default', folder: REGO, ignore },
    ...EXAMPLE_NAMES.map((name) => {
      const folder = assembleExample(name, join(scratch, name));
      return { name, folder, ignore: [] };
    }),
  ];
}

/** The folders whose files are formatted in place, each once. */
function formattedFolders() {
  const examples = EXAMPLE_NAMES.map((name) => ({ name, folder: exampleFolder(name) }));
  return [{ name: 'default', folder: REGO }, { name: 'frame', folder: FRAME }, ...examples];
}

function run(opa, folder, args) {
  return spawnSync(opa, args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

function output({ stdout, stderr, error }) {
  return `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`.trim();
}

function metadata(opa, { folder }) {
  const paths = readdirSync(join(folder, 'countersign'), { recursive: true })
    .map((path) => join('countersign', path))
    .filter((path) => path.endsWith('.rego'))
    .sort();
  const files = paths.map((path) => ({ path, ast: parse(opa, folder, path) }));
  return { problems: metadataProblems(files), done: `${files.length} files` };
}

function parse(opa, folder, path) {
  const args = ['parse', path, '--format', 'json', '--json-include=annotations'];
  const ran = run(opa, folder, args);
  if (ran.status !== 0) throw new Error(output(ran));
  return JSON.parse(ran.stdout);
}

function format(opa, { folder }) {
  const ran = run(opa, folder, ['fmt', '--fail', '--list', 'countersign']);
  const problems = ran.status === 0 ? [] : [`not formatted; run opa fmt -w rego: ${output(ran)}`];
  return { problems, done: 'formatted' };
}

/** The schema of the input is the same for all; that of the configuration is the policy's own. */
function types(opa, { folder, ignore }) {
  const schemas = mkdtempSync(join(tmpdir(), 'countersign-schemas-'));
  try {
    cpSync(join(folder, 'schemas'), schemas, { recursive: true });
    cpSync(join(REGO, 'schemas', 'input.json'), join(schemas, 'input.json'));
    const args = ['check', '--strict', '-b', '.', ...ignore, '--schema', schemas];
    const ran = run(opa, folder, args);
    return { problems: ran.status === 0 ? [] : [output(ran)], done: 'typed' };
  } finally {
    rmSync(schemas, { recursive: true, force: true });
  }
}

function tests(opa, { folder, ignore }) {
  const args = ['test', '-b', '.', ...ignore, '--timeout', '60s', '--fail-on-empty', '--coverage'];
  const ran = run(opa, folder, args);
  if (ran.status !== 0) return { problems: [output(ran)], done: '' };
  const problems = [];
  const { coverage, files } = JSON.parse(ran.stdout);
  if (!(coverage >= COVERAGE_PERCENT)) {
    const bare = Object.entries(files).filter(([, { not_covered: rows }]) => rows !== undefined);
    const rows = bare.map(([path, file]) => `  ${path} ${JSON.stringify(file.not_covered)}`);
    problems.push(`${coverage} % is covered, not ${COVERAGE_PERCENT} %:`, ...rows);
  }
  return { problems, done: `${coverage} % covered` };
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
  const scratch = mkdtempSync(join(tmpdir(), 'countersign-rego-'));
  try {
    const whole = policies(scratch);
    for (const name of positionals.length > 0 ? positionals : Object.keys(STEPS)) {
      for (const one of name === 'format' ? formattedFolders() : whole) check(opa, name, one);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function check(opa, name, policy) {
  const { problems, done } = STEPS[name](opa, policy);
  const title = `rego ${name} of ${policy.name}`;
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  process.stdout.write(`${title}: ${problems.length === 0 ? `ok (${done})` : 'FAILED'}\n`);
  if (problems.length > 0) process.exitCode = 1;
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
