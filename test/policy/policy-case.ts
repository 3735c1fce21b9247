import { readdirSync, readFileSync } from 'node:fs';
import type { PolicyInput } from '../../src/domain/policy.js';
import { parseCases, type PolicyCase } from '../../src/policy/author/cases.js';

const CASES = new URL('./cases/', import.meta.url);
const START = 'base.json';

interface Ask {
  readonly resource: string;
  readonly scopes: readonly string[];
  readonly ttl_seconds?: number;
}

export function readJson(url: URL): unknown {
  return JSON.parse(readFileSync(url, 'utf8'));
}

/** The case files of the default policy, texts by name. */
function caseTexts(): Map<string, string> {
  const names = readdirSync(CASES).filter((name) => name.endsWith('.json'));
  return new Map(names.sort().map((name) => [name, readFileSync(new URL(name, CASES), 'utf8')]));
}

/** Every case of every file. */
export function policyCases(): PolicyCase[] {
  return parseCases(caseTexts());
}

/** What the demo agent's request looks like to the policy. */
export function demoInput(ask: Ask): PolicyInput {
  const one = { about: 'x', from: START, cases: [{ name: 'x', ask, expect: { effect: 'deny' } }] };
  const texts = new Map([
    [START, readFileSync(new URL(START, CASES), 'utf8')],
    ['one.json', JSON.stringify(one)],
  ]);
  return parseCases(texts)[0]!.input;
}
