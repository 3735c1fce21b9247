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

/** Answers that the command line reads: the type's name, its schema and the module in src/http that exports it. */
const ANSWERS = [
  ['AgentAnswer', 'AGENT', 'routes/agents/schema'],
  ['AgentSignalsAnswer', 'AGENT_SIGNALS', 'routes/signals/schema'],
  ['AuditPageAnswer', 'AUDIT_PAGE', 'routes/audit/schema'],
  ['BundleAnswer', 'BUNDLE', 'routes/policy/bundles/schema'],
  ['ChangedAgentAnswer', 'CHANGED_AGENT', 'routes/agents/schema'],
  ['ClockResetAnswer', 'CLOCK_RESET', 'routes/store/schema'],
  ['CreatedSecretAnswer', 'CREATED_SECRET', 'secret-schema'],
  ['SecretListAnswer', 'SECRET_LIST', 'secret-schema'],
  ['DeletedSecretAnswer', 'LAST_SECRET_DELETED', 'secret-schema'],
  ['DeliveryAnswer', 'DELIVERY', 'routes/deliveries/schema'],
  ['DifferenceAnswer', 'DIFFERENCE', 'routes/policy/analysis/schema'],
  ['EvaluationAnswer', 'EVALUATION', 'routes/policy/analysis/schema'],
  ['ExplanationAnswer', 'EXPLANATION', 'routes/policy/analysis/schema'],
  ['IntrospectionAnswer', 'ACTIVE', 'routes/introspect/schema'],
  ['KeyAnswer', 'KEY', 'routes/keys/schema'],
  ['LimitsAnswer', 'LIMITS', 'routes/limits/schema'],
  ['OAuthErrorAnswer', 'OAUTH_ERROR', 'openapi/errors'],
  ['PendingRevocationAnswer', 'PENDING', 'revocation-outcome'],
  ['PolicyAnswer', 'POLICY', 'routes/policy/schema'],
  ['ProblemAnswer', 'PROBLEM', 'openapi/errors'],
  ['ReadyAnswer', 'READY', 'routes/ready/schema'],
  ['ReplayAnswer', 'REPLAY_REPORT', 'routes/policy/analysis/schema'],
  ['ResourceAnswer', 'RESOURCE', 'routes/resources/schema'],
  ['ResourceServerAnswer', 'RESOURCE_SERVER', 'routes/resource-servers/schema'],
  ['SimulationAnswer', 'SIMULATION_REPORT', 'routes/simulations/schema'],
  ['TightenedAnswer', 'TIGHTENED', 'routes/policy/analysis/schema'],
  ['TokenAnswer', 'TOKEN_ANSWER', 'routes/token/schema'],
];

/** Each generated file: the file that it is made from, and its text. */
const TARGETS = [
  { path: 'rego/types/policy.ts', from: 'rego/schemas', make: policyTypes },
  { path: 'config.schema.json', from: CONFIG, make: publishedSchema },
  { path: 'src/config/raw.generated.ts', from: CONFIG, make: rawConfig },
  { path: 'src/config/settings.generated.ts', from: CONFIG, make: settings },
  { path: 'src/domain/answers.generated.ts', from: 'src/http', make: answerTypes },
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
  for (const [name, schema, module] of ANSWERS) {
    const schemas = await import(`../${from}/${module}.ts`);
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
