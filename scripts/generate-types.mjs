#!/usr/bin/env node
// Writes rego/types/policy.ts from the schemas in rego/schemas, and checks that what is committed is that.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { root } from './lib/root.mjs';
import { typesOf } from './lib/schema-types.mjs';

const TARGET = 'rego/types/policy.ts';
const TYPES = { PolicyInput: 'input', PolicyResult: 'result', PolicyCases: 'case' };

const HELP = `usage: node scripts/generate-types.mjs [--check]

Writes ${TARGET}: TypeScript of the policy's input and result and of files of cases, from rego/schemas.

  --check  write nothing; exit 1 when the committed file is not what the schemas make
  --help   this text
`;

async function generate() {
  const header = `// Made by scripts/generate-types.mjs from rego/schemas. Do not edit.\n`;
  const types = Object.entries(TYPES).map(([name, file]) =>
    typesOf(name, JSON.parse(readFileSync(join(root, 'rego', 'schemas', `${file}.json`), 'utf8'))),
  );
  const target = join(root, TARGET);
  const options = { ...(await resolveConfig(target)), filepath: target };
  return format(`${header}\n${types.join('\n\n')}\n`, options);
}

function committed() {
  try {
    return readFileSync(join(root, TARGET), 'utf8');
  } catch {
    return '';
  }
}

async function main() {
  const boolean = { type: 'boolean', default: false };
  const { values } = parseArgs({ options: { check: boolean, help: { ...boolean, short: 'h' } } });
  if (values.help) return void process.stdout.write(HELP);
  const text = await generate();
  if (text === committed()) {
    process.stdout.write(`${TARGET} is what rego/schemas makes\n`);
  } else if (values.check) {
    process.stdout.write(`${TARGET} is not what rego/schemas makes\n`);
    process.stdout.write('run: node scripts/generate-types.mjs\n');
    process.exitCode = 1;
  } else {
    writeFileSync(join(root, TARGET), text);
    process.stdout.write(`${TARGET} written\n`);
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
