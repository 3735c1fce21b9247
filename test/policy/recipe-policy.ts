import { readFileSync } from 'node:fs';
import type { PolicyInput } from '../../src/domain/policy.js';
import { PROBE_INPUT } from '../../src/policy/serving/probe.js';
import { opa } from '../support/bundles/opa.js';
import type { Outcome, Recipe } from './authoring-page.js';
import { frameRego } from './examples.js';
import { withFolder } from './scratch-folder.js';

const INPUT_SCHEMA = new URL('../../rego/schemas/input.json', import.meta.url);
const MONDAY_MORNING_MS = 1_763_974_800_000;

/** A recipe in the frame of the examples, alone, with its data. Where it says nothing, nothing stands in the way. */
export function recipePolicy({ name, rego, data }: Recipe): {
  readonly rego: Record<string, string>;
  readonly data: unknown;
} {
  const frame = frameRego();
  const config = { ttl_seconds: { low: 300, medium: 300, high: 300, critical: 300 }, ...data };
  return {
    rego: {
      ...frame,
      // The recipe's configuration is not the example's.
      'countersign/decision.rego': (frame['countersign/decision.rego'] ?? '')
        .split('\n')
        .filter((line) => !line.includes('schema.config'))
        .join('\n'),
      [`countersign/${name}/${name}.rego`]: rego,
      'countersign/rules/rules.rego': rulesAround(name, rego),
    },
    data: { countersign: { config } },
  };
}

function rulesAround(name: string, rego: string): string {
  const says = (rule: string): boolean => new RegExp(`^${rule}\\b`, 'm').test(rego);
  const of = (rule: string, otherwise: string): string =>
    `${rule} := ${says(rule) ? `${name}.${rule}` : otherwise}`;
  const checks = `[{"positions": ${name}.passing, "refusal": ${name}.refusal}]`;
  const catalogue = says('unattended') ? '' : 'import data.countersign.catalogue\n';
  return `package countersign.rules

${catalogue}import data.countersign.${name}

satisfied if true

refusals := {}

checks := ${says('passing') ? checks : '[]'}

${of('unattended', 'catalogue.unattended')}

${of('approvers', '["somebody"]')}

review_expires_in_seconds := 60

ttl_caps := []

${of('obligations', '[]')}

`;
}

/** The agent holds every scope of the resource. */
export function outcomeInput(outcome: Outcome): PolicyInput {
  const { asks, declared = {}, roles = [], signals = {}, at } = outcome;
  const nowMs = at === undefined ? MONDAY_MORNING_MS : Date.parse(at);
  return {
    ...PROBE_INPUT,
    request: { resource: 'api', scopes: asks, ttl_seconds: 300, declared },
    agent: { ...PROBE_INPUT.agent, roles, grants: [{ resource: 'api', scopes: ['*'] }] },
    resource: {
      id: 'api',
      audiences: ['https://api.example'],
      scopes: [{ name: '*', risk: 'low', description: '' }],
    },
    signals: { ...PROBE_INPUT.signals, requests_10m: 1, requests_2h: 1, ...signals },
    now: { unix_ms: nowMs },
  };
}

/** Its outcomes as a test in Rego. */
function testOf({ outcomes }: Recipe): string {
  const rules = outcomes.map((outcome, i) => {
    const input = JSON.stringify(outcomeInput(outcome));
    return `test_outcome_${i} if {
	result := decision with input as ${input}
	object.get(result, ["grant", "scopes"], []) == ${JSON.stringify(outcome.gets)}
}`;
  });
  return `package countersign.recipe_test

import data.countersign.decision

${rules.join('\n\n')}
`;
}

/** Runs opa fmt on a recipe, and opa check and opa test on it in its frame. Throws what opa complains of. */
export function checkRecipe(recipe: Recipe): void {
  const { rego, data } = recipePolicy(recipe);
  const files = {
    ...Object.fromEntries(Object.entries(rego).map(([path, text]) => [`policy/${path}`, text])),
    'policy/recipe_test.rego': testOf(recipe),
    'policy/data.json': JSON.stringify(data),
    'schemas/input.json': readFileSync(INPUT_SCHEMA, 'utf8'),
    'recipe.rego': recipe.rego,
  };
  withFolder(files, (cwd) => {
    const unformatted = opa(['fmt', '--list', 'recipe.rego'], { cwd }).trim();
    if (unformatted !== '') throw new Error(`${recipe.name} is not as opa fmt writes it`);
    opa(['check', '--strict', '-b', 'policy', '--schema', 'schemas'], { cwd });
    opa(['test', '-b', 'policy', '--fail-on-empty'], { cwd });
  });
}
