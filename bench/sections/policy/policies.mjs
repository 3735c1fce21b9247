// The policies that are measured: the default one and each folder of rego/examples, none left out silently.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/root.mjs';
import { parseCases } from '../../built.mjs';
import { policyInput } from '../../policy-input.mjs';

const REGO = join(root, 'rego');
const EXAMPLES = join(REGO, 'examples');

/** `[{name, folder, ignore, input}]`: the input is one that the policy allows. Throws when an example has none. */
export async function measuredPolicies() {
  const policies = [
    { name: 'default', folder: REGO, ignore: ['examples'], input: policyInput('bench-1') },
  ];
  for (const name of exampleNames()) {
    const folder = join(EXAMPLES, name);
    policies.push({ name, folder, ignore: [], input: await allowedInput(join(folder, 'cases')) });
  }
  return policies;
}

function exampleNames() {
  if (!existsSync(EXAMPLES)) return [];
  const entries = readdirSync(EXAMPLES, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** The input of the first case that is to be allowed. */
async function allowedInput(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const texts = new Map(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  const found = (await parseCases(texts)).find(({ expect }) => expect.effect === 'allow');
  if (found === undefined) throw new Error(`no case in ${folder} is allowed`);
  return found.input;
}
