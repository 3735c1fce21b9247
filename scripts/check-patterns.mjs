#!/usr/bin/env node
// Proves that every regular expression of the service takes time in proportion to the text it is given.
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { checkPattern } from './lib/pattern-checker.mjs';
import { patternsOfJson, patternsOfSource } from './lib/patterns.mjs';
import { EXEMPT } from './lib/pattern-exemptions.mjs';
import { root } from './lib/root.mjs';

const HELP = `usage: node scripts/check-patterns.mjs [--json] [--list]

Collects every regular expression in src/, config.schema.json and rego/schemas/, and proves each linear with
recheck's automaton checker. A pattern that cannot be proved is an error unless scripts/lib/pattern-exemptions.mjs
gives a reason.

  --list   the patterns that are checked, without checking them
  --json   the outcome as JSON
  --help   this text

exit codes: 0 every pattern is linear or exempt; 1 one is not, or an exemption is stale; 2 usage
`;

function options() {
  const boolean = { type: 'boolean', default: false };
  return parseArgs({ options: { json: boolean, list: boolean, help: boolean } }).values;
}

function filesBelow(folder, ending) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

function collect() {
  const read = (file) => readFileSync(join(root, file), 'utf8');
  return [
    ...filesBelow('src', '.ts').flatMap((file) => patternsOfSource(file, read(file))),
    ...['config.schema.json', ...filesBelow('rego/schemas', '.json')].flatMap((file) =>
      patternsOfJson(file, read(file)),
    ),
  ];
}

/** `begins` is empty for a pattern whose text is made at run time. */
const exemptionOf = ({ file, source }) =>
  EXEMPT.find(
    (one) =>
      one.file === file &&
      (one.begins === '' ? source === undefined : source?.startsWith(one.begins)),
  );

/** Undefined when the pattern is linear, else what is wrong with it. */
async function problemOf({ source, flags, why }) {
  if (source === undefined) return why;
  const { status, complexity, error } = await checkPattern(source, flags);
  if (status === 'safe') return undefined;
  return status === 'vulnerable' ? complexity.summary : `not proved: ${error?.kind ?? status}`;
}

async function main() {
  let given;
  try {
    given = options();
  } catch (error) {
    process.stderr.write(`${error.message}\n${HELP}`);
    return 2;
  }
  const say = (line) => process.stdout.write(`${line}\n`);
  if (given.help) return (process.stdout.write(HELP), 0);
  const patterns = collect();
  const shown = ({ file, line, source, flags }) => `${file}:${line} /${source ?? '?'}/${flags}`;
  if (given.list) return (patterns.forEach((one) => say(shown(one))), 0);
  const verdicts = new Map();
  const problems = [];
  for (const pattern of patterns) {
    if (exemptionOf(pattern)) continue;
    const key = `${pattern.source}/${pattern.flags}`;
    if (!verdicts.has(key)) verdicts.set(key, await problemOf(pattern));
    const problem = verdicts.get(key);
    if (problem !== undefined) problems.push({ ...pattern, problem });
  }
  const stale = EXEMPT.filter((one) => !patterns.some((pattern) => exemptionOf(pattern) === one));
  if (given.json) say(JSON.stringify({ checked: patterns.length, problems, stale }));
  else {
    for (const one of problems) say(`${shown(one)}: ${one.problem}`);
    for (const { file, begins } of stale)
      say(`${file}: no pattern begins with ${begins}; drop the exemption`);
    say(`${patterns.length} patterns, ${problems.length} not linear, ${EXEMPT.length} exempt`);
  }
  return problems.length + stale.length === 0 ? 0 : 1;
}

process.exitCode = await main();
