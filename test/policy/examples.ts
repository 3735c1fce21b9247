import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCases, type PolicyCase } from '../../src/policy/author/cases.js';
import { readBundle } from '../../src/policy/bundle/read.js';
import { createPolicyEngine, type PolicyEngine } from '../../src/policy/serving/engine.js';
import { exampleFolder, FRAME } from '../../scripts/lib/example-policy.mjs';
import { buildBundle } from '../support/bundles/build.js';

/** One policy of `rego/examples`. */
export interface Example {
  readonly name: string;
  readonly cases: readonly PolicyCase[];
  readonly config: ExampleConfig;
  /** What its config must be. */
  readonly configSchema: object;
  /** Rego of the example and of the frame, without the tests, by path. */
  readonly rego: Readonly<Record<string, string>>;
}

/** What the frame of every example reads of its configuration. */
export interface ExampleConfig {
  readonly ttl_seconds: Readonly<Record<'low' | 'medium' | 'high' | 'critical', number>>;
}

export function readExample(name: string): Example {
  const folder = exampleFolder(name);
  const text = (path: string): string => readFileSync(join(folder, path), 'utf8');
  const json = (path: string): unknown => JSON.parse(text(path));
  const caseFiles = readdirSync(join(folder, 'cases'));
  return {
    name,
    cases: parseCases(new Map(caseFiles.map((file) => [file, text(join('cases', file))]))),
    config: json('countersign/config/data.json') as ExampleConfig,
    configSchema: json('schemas/config.json') as object,
    rego: { ...readRego(folder), ...frameRego() },
  };
}

/** Rego of the frame, without the tests, by path. */
export function frameRego(): Readonly<Record<string, string>> {
  return readRego(FRAME);
}

function readRego(folder: string): Record<string, string> {
  const paths = (readdirSync(join(folder, 'countersign'), { recursive: true }) as string[])
    .map((path) => join('countersign', path))
    .filter((path) => path.endsWith('.rego') && !path.endsWith('_test.rego'));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/** The engine of the service on the example as opa compiles it; on a busy machine its breaker stays shut. */
export async function exampleEngine({ rego, config }: Example): Promise<PolicyEngine> {
  const engine = createPolicyEngine({ monotonicMs: () => 0 });
  const file = buildBundle({ rego, data: { countersign: { config } } });
  await engine.activate(await readBundle(file, { verification: 'off' }));
  return engine;
}
