// The policies that are measured: the default one and each example in its frame, none left out silently.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  assembleExample,
  EXAMPLE_NAMES,
  NOT_DEFAULT,
} from '../../../scripts/lib/example-policy.mjs';
import { root } from '../../../scripts/lib/root.mjs';
import { parseCases } from '../../built.mjs';
import { policyInput } from '../../policy-input.mjs';

const REGO = join(root, 'rego');

/**
 * `[{name, folder, ignore, input}]`: the input is one that the policy allows. The examples are put below `scratch`.
 * Throws when an example has no such input.
 */
export async function measuredPolicies(scratch) {
  const policies = [
    { name: 'default', folder: REGO, ignore: NOT_DEFAULT, input: policyInput('bench-1') },
  ];
  for (const name of EXAMPLE_NAMES) {
    const folder = assembleExample(name, join(scratch, 'policies', name));
    policies.push({ name, folder, ignore: [], input: await allowedInput(join(folder, 'cases')) });
  }
  return policies;
}

/** The input of the first case that is to be allowed. */
async function allowedInput(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const texts = new Map(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  const found = (await parseCases(texts)).find(({ expect }) => expect.effect === 'allow');
  if (found === undefined) throw new Error(`no case in ${folder} is allowed`);
  return found.input;
}
