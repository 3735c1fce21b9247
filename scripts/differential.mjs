#!/usr/bin/env node
// The bundle against `opa eval` on as many generated inputs as one likes: a nightly run.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findOpa } from './lib/opa.mjs';
import { root } from './lib/root.mjs';
import { runToEnd } from './lib/run.mjs';

const HELP = `usage: node scripts/differential.mjs [--inputs N]

Generates inputs from rego/schemas/input.json and puts each to the committed bundle and to opa eval of rego/.
Exits 1 at the first difference and prints the input. \`npm test\` runs 4,000.

  --inputs N  how many, in thousands rounded up; 1000000 by default (about half an hour on one core)
  --help      this text
`;

async function main() {
  const inputs = { type: 'string', default: '1000000' };
  const { values } = parseArgs({ options: { inputs, help: { type: 'boolean', default: false } } });
  if (values.help || !/^[1-9][0-9]{0,9}$/.test(values.inputs)) {
    process.stdout.write(HELP);
    return values.help ? 0 : 2;
  }
  process.env.COUNTERSIGN_OPA = findOpa();
  process.env.DIFFERENTIAL_INPUTS = values.inputs;
  const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const test = join('test', 'policy', 'differential.test.ts');
  await runToEnd(process.execPath, ['--import', 'tsx', mocha, test], {
    progress: `comparing ${values.inputs} inputs`,
  });
  process.stdout.write(`${values.inputs} inputs, 0 differences\n`);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
