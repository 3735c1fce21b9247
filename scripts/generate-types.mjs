#!/usr/bin/env node
// Writes the files that schemas make, and checks that the committed ones are what the schemas make.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { register } from 'tsx/esm/api';
import { withKeys } from './lib/config-keys.mjs';
import { configTypes, withNames } from './lib/config-types.mjs';
import { formatted } from './lib/format.mjs';
import { root } from './lib/root.mjs';
import { typesOf } from './lib/schema-types.mjs';

const POLICY_TYPES = { PolicyInput: 'input', PolicyResult: 'result', PolicyCases: 'case' };
const CONFIG = 'src/config/schema.ts';

/** Answers of the admin API that the command line reads: the type's name, the route's folder and its schema. */
const ANSWERS = [
  ['AgentAnswer', 'agents', 'AGENT'],
  ['AuditEventAnswer', 'audit', 'AUDIT_EVENT'],
  ['BundleAnswer', 'policy/bundles', 'BUNDLE'],
  ['DeliveryAnswer', 'deliveries', 'DELIVERY'],
  ['KeyAnswer', 'keys', 'KEY'],
  ['PolicyAnswer', 'policy', 'POLICY'],
  ['ResourceAnswer', 'resources', 'RESOURCE'],
  ['ResourceServerAnswer', 'resource-servers', 'RESOURCE_SERVER'],
];

/** Each generated file: the file that it is made from, and its text. */
const TARGETS = [
  { path: 'rego/types/policy.ts', from: 'rego/schemas', make: policyTypes },
  { path: 'config.schema.json', from: CONFIG, make: publishedSchema },
  { path: 'src/config/raw.generated.ts', from: CONFIG, make: rawConfig },
  { path: 'src/config/settings.generated.ts', from: CONFIG, make: settings },
  { path: 'src/domain/answers.generated.ts', from: 'src/http/routes', make: answerTypes },
  { path: 'docs/operate/configuration.md', from: CONFIG, make: configurationPage },
];

const HELP = `usage: node scripts/generate-types.mjs [--check]

Writes the files that schemas make:
${TARGETS.map(({ path, from }) => `  ${path.padEnd(32)} from ${from}`).join('\n')}

  --check  write nothing; exit 1 when a committed file is not what the schemas make
  --help   show this text
`;

function policyTypes({ from }) {
  const types = Object.entries(POLICY_TYPES).map(([name, file]) =>
    typesOf(name, JSON.parse(readFileSync(join(root, from, `${file}.json`), 'utf8'))),
  );
  return `${header(from)}\n${types.join('\n\n')}\n`;
}

async function publishedSchema() {
  const { publishedSchema: schema } = await import('../src/config/published.ts');
  return JSON.stringify(schema());
}

async function rawConfig({ from }) {
  const { CONFIG_SCHEMA } = await import('../src/config/schema.ts');
  return `${header(from)}\n${configTypes('RawConfig', CONFIG_SCHEMA)}\n`;
}

async function settings({ from }) {
  const { CONFIG_SCHEMA } = await import('../src/config/schema.ts');
  const { camelCase } = await import('../src/config/settings.ts');
  return `${header(from)}\n${configTypes('Settings', withNames(CONFIG_SCHEMA, camelCase))}\n`;
}

async function answerTypes({ from }) {
  const types = [];
  for (const [name, folder, schema] of ANSWERS) {
    const schemas = await import(`../${from}/${folder}/schema.ts`);
    types.push(typesOf(name, schemas[schema]));
  }
  return `${header(from)}\n${types.join('\n\n')}\n`;
}

async function configurationPage({ path }) {
  const { CONFIG_SCHEMA } = await import('../src/config/schema.ts');
  const { SETTINGS } = await import('../src/config/environment.ts');
  return withKeys(committed(path), CONFIG_SCHEMA, SETTINGS);
}

function header(from) {
  return `// Made by scripts/generate-types.mjs from ${from}. Do not edit.\n`;
}

function committed(path) {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return '';
  }
}

/** Writes or checks one file; returns whether the committed file was what the schemas make. */
async function generate(target, check) {
  const { path, from } = target;
  const file = join(root, path);
  const text = await formatted(file, await target.make(target));
  const same = text === committed(path);
  if (!same && !check) writeFileSync(file, text);
  const outcome = check ? `is not what ${from} makes` : 'written';
  process.stdout.write(`${path} ${same ? `is what ${from} makes` : outcome}\n`);
  return same;
}

async function main() {
  const boolean = { type: 'boolean', default: false };
  const { values } = parseArgs({ options: { check: boolean, help: { ...boolean, short: 'h' } } });
  if (values.help) return void process.stdout.write(HELP);
  register();
  const same = [];
  for (const target of TARGETS) same.push(await generate(target, values.check));
  if (!values.check || same.every(Boolean)) return;
  process.stdout.write('run: node scripts/generate-types.mjs\n');
  process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
