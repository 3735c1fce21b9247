import { readdirSync, readFileSync } from 'node:fs';
import type { PolicyInput, PolicyResult } from '../../src/domain/policy.js';
import type { ResourceSpec } from '../../src/domain/records.js';
import { DEMO_REGISTRY } from '../../src/config/demo.js';
import { compileCheck } from '../../src/schema/compile.js';

const CASES = new URL('./cases/', import.meta.url);
/** Monday 2025-11-24, 09:00 UTC. */
const NOW_MS = 1_763_974_800_000;

interface Ask {
  readonly resource: string;
  readonly scopes: readonly string[];
  readonly ttl_seconds?: number;
}

export interface PolicyCase {
  readonly file: string;
  readonly name: string;
  readonly ask: Ask;
  readonly input?: Readonly<Record<string, unknown>>;
  readonly breaks_schema?: true;
  readonly expect: {
    readonly effect: string;
    readonly scopes?: readonly string[];
    readonly ttl_seconds?: number;
    readonly removed?: Readonly<Record<string, string>>;
    readonly codes: readonly string[];
    readonly rules?: readonly string[];
    readonly alarms?: readonly string[];
  };
}

export function readJson(url: URL): unknown {
  return JSON.parse(readFileSync(url, 'utf8'));
}

/** Every case of every file, checked against the schema of cases. */
export function policyCases(): PolicyCase[] {
  const check = compileCheck<{ cases: Omit<PolicyCase, 'file'>[] }>(
    readJson(new URL('./case.schema.json', import.meta.url)) as object,
  );
  const files = readdirSync(CASES).filter((name) => name.endsWith('.json'));
  return files.flatMap((file) => {
    const checked = check(readJson(new URL(file, CASES)));
    if (!checked.ok) throw new Error(`${file}: ${JSON.stringify(checked.problems)}`);
    return checked.value.cases.map((one) => ({ ...one, file }));
  });
}

/** What the demo agent's request looks like to the policy. */
export function demoInput({ resource, scopes, ttl_seconds = 300 }: Ask): PolicyInput {
  const agent = DEMO_REGISTRY.agents[0]!;
  const spec: ResourceSpec = DEMO_REGISTRY.resources.find(({ id }) => id === resource)!;
  const { id, audiences, scopes: catalogue, max_ttl_seconds: cap } = spec;
  return {
    request: { resource, scopes, ttl_seconds, declared: {} },
    agent: {
      id: agent.id,
      roles: agent.roles ?? [],
      grants: agent.grants ?? [],
      labels: {},
      authentication: 'client_secret_basic',
    },
    resource: {
      id,
      audiences,
      scopes: catalogue,
      ...(cap === undefined ? {} : { max_ttl_seconds: cap }),
    },
    signals: {
      requests_10m: 1,
      requests_2h: 1,
      denials_60m: 0,
      first_seen_scopes_60m: 0,
      first_seen_resources_60m: 0,
      first_seen_now: false,
    },
    delegation: { chain: [] },
    approval: null,
    now: { unix_ms: NOW_MS },
  };
}

/** JSON Merge Patch, RFC 7396. */
function merge(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(merged, name);
    else merged[name] = merge(merged[name], value);
  }
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The input of a case. One that breaks the schema is a PolicyInput by name alone. */
export function caseInput({ ask, input = {} }: PolicyCase): PolicyInput {
  return merge(demoInput(ask), input) as PolicyInput;
}

/** What a case expects, complete and in the order of `summary`. */
export function expectation(
  { expect }: PolicyCase,
  rules: readonly string[],
): PolicyCase['expect'] {
  return {
    scopes: [],
    ttl_seconds: 0,
    removed: {},
    ...expect,
    codes: [...expect.codes].sort(),
    rules: [...(expect.rules ?? rules)].sort(),
    alarms: [...(expect.alarms ?? [])].sort(),
  };
}

/** What a case says of a result; lists whose order means nothing are sorted. */
export function summary(result: PolicyResult): PolicyCase['expect'] {
  const alarms = result.obligations.filter(({ type }) => type === 'alarm');
  return {
    effect: result.effect,
    scopes: result.grant?.scopes ?? [],
    ttl_seconds: result.grant?.ttl_seconds ?? 0,
    removed: Object.fromEntries((result.removed ?? []).map(({ scope, rule }) => [scope, rule])),
    codes: result.reasons.map(({ code }) => code).sort(),
    rules: result.reasons.map(({ rule }) => rule).sort(),
    alarms: alarms.map(({ properties }) => String(properties['signal'])).sort(),
  };
}
