import { resolve } from 'node:path';
import { buildConfig } from './build.js';
import type { Config } from './config.js';
import type { ConfiguredRegistry } from '../domain/records.js';
import { readDecisionLogToken, readSecrets, readWebhooks } from './credentials.js';
import { DEMO_AGENT_ID, DEMO_REGISTRY, hasDemo } from './demo.js';
import { parseYaml, type ParsedDocument } from './document.js';
import {
  applyEnvironment,
  CONFIG_FILE_VARIABLE,
  SETTINGS,
  unknownVariables,
  type Environment,
  type Origins,
} from './environment.js';
import { policyVariables, readPolicySecrets } from './policy-secrets.js';
import { ConfigInvalid, type ConfigProblem } from './problems.js';
import type { RawConfig } from './raw.generated.js';
import { readFileIfPresent, type ReadFile } from './read-file.js';
import { readRedisSecrets } from './redis-secrets.js';
import { checkRegistryShape, registryWarnings, type CheckRegistry } from './registry.js';
import { checkRules, warningsOf } from './rules.js';
import { checkShape } from './shape.js';
import { deepFreeze, setAt, type Tree } from './tree.js';

export const DEFAULT_CONFIG_FILE = 'countersign.yaml';

/** Values of highest precedence, by dotted path: `{'redis.url': 'unix:///run/redis.sock'}`. */
export type Overrides = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface LoadOptions {
  /** Checks the registry; the default checks each entry separately. */
  readonly checkRegistry?: CheckRegistry;
  /** Base folder of relative paths; the working directory by default. */
  readonly cwd?: string;
}

/**
 * Loads and checks the configuration. Throws ConfigInvalid with all problems.
 *
 * Overrides take precedence over the environment, which takes precedence over the file named by COUNTERSIGN_CONFIG
 * (default: countersign.yaml, if present).
 */
export function loadConfig(
  env: Environment,
  readFile: ReadFile = readFileIfPresent,
  overrides: Overrides = {},
  options: LoadOptions = {},
): Config {
  const cwd = options.cwd ?? process.cwd();
  const problems: ConfigProblem[] = [];
  const read: ReadFile = (path, links) => readFile(resolve(cwd, path), links);
  const { document, file } = readDocument(env, read, problems);
  const origins: Origins = new Map();
  const { tree } = document;
  const registryGiven = tree['registry'] !== undefined && tree['registry'] !== null;
  problems.push(...applyEnvironment(tree, env, origins));
  problems.push(...applyOverrides(tree, overrides, origins));
  const shape = checkShape(tree, origins);
  problems.push(...shape.problems);
  const registry = readRegistry(shape.raw, registryGiven, options.checkRegistry, problems);
  const raw = withSidecarDefaults(shape.raw, registry);
  problems.push(...checkRules(raw));
  const source = { env, readFile: read, problems };
  const secrets = readSecrets(raw, source);
  const webhooks = readWebhooks(raw, source);
  const redisSecrets = readRedisSecrets(raw.redis, source);
  const policySecrets = readPolicySecrets(raw.policy, source);
  const decisionLogToken = readDecisionLogToken(raw, source);
  if (
    raw.profile === 'production' &&
    file === undefined &&
    (env[CONFIG_FILE_VARIABLE] ?? '') === ''
  ) {
    problems.push({ where: CONFIG_FILE_VARIABLE, message: 'must name a file in production' });
  }
  if (problems.length > 0) throw new ConfigInvalid(located(problems, document, origins));
  const named = (raw.webhooks ?? []).flatMap(({ secret_env: name }) => name ?? []);
  const token = raw.decision_log.http.token_env ?? [];
  const variables = [...named, ...policyVariables(raw.policy)].concat(token);
  const warnings = [
    ...warningsOf(raw, redisSecrets),
    ...registryWarnings(registry),
    ...unknownVariables(env, variables),
  ];
  const found = { registry, secrets, webhooks, redisSecrets, policySecrets, decisionLogToken };
  const parts = { ...found, warnings, file, cwd };
  return deepFreeze(buildConfig(raw, parts));
}

function readDocument(
  env: Environment,
  read: ReadFile,
  problems: ConfigProblem[],
): { document: ParsedDocument; file: string | undefined } {
  const named = env[CONFIG_FILE_VARIABLE] === '' ? undefined : env[CONFIG_FILE_VARIABLE];
  const path = named ?? DEFAULT_CONFIG_FILE;
  let text: string | undefined;
  try {
    text = read(path);
    if (text === undefined && named !== undefined) {
      problems.push({ where: CONFIG_FILE_VARIABLE, message: `there is no file ${path}` });
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    problems.push({ where: CONFIG_FILE_VARIABLE, message: `${path} cannot be read: ${why}` });
  }
  const document = parseYaml(text ?? '');
  problems.push(...document.problems);
  return { document, file: text === undefined ? undefined : path };
}

function applyOverrides(tree: Tree, overrides: Overrides, origins: Origins): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const [dotted, value] of Object.entries(overrides)) {
    const setting = SETTINGS.find(({ path }) => path.join('.') === dotted);
    if (setting === undefined) {
      problems.push({ where: dotted, message: 'is not a known key' });
    } else if (setAt(tree, setting.path, value)) {
      origins.set(setting.pointer, dotted);
    }
  }
  return problems;
}

/** Reads the registry of the file; the local profile falls back to the demo registry. */
function readRegistry(
  raw: RawConfig,
  given: boolean,
  check: CheckRegistry = checkRegistryShape,
  problems: ConfigProblem[],
): ConfiguredRegistry {
  if (!given && raw.profile === 'local') return DEMO_REGISTRY;
  const checked = check(raw.registry);
  if (checked.ok) return checked.registry;
  for (const { pointer, message } of checked.problems) {
    problems.push({ where: `/registry${pointer}`, message });
  }
  return { revision: raw.registry.revision, agents: [], resources: [], resource_servers: [] };
}

/** Enables the sidecar for the demo agent in the local profile, unless configured otherwise. */
function withSidecarDefaults(raw: RawConfig, registry: ConfiguredRegistry): RawConfig {
  const { sidecar } = raw.listeners;
  const demo = raw.profile === 'local' && hasDemo(registry);
  const agentId = sidecar.agent_id ?? (demo ? DEMO_AGENT_ID : undefined);
  const enabled = sidecar.enabled ?? (raw.profile === 'local' && agentId !== undefined);
  const filled = { ...sidecar, enabled, ...(agentId === undefined ? {} : { agent_id: agentId }) };
  return { ...raw, listeners: { ...raw.listeners, sidecar: filled } };
}

/** Adds the origin of a value to a problem: the environment variable, or the line in the file. */
function located(
  problems: readonly ConfigProblem[],
  document: ParsedDocument,
  origins: Origins,
): ConfigProblem[] {
  return problems.map((problem) => {
    const where = origins.get(problem.where) ?? problem.where;
    if (!where.startsWith('/') || problem.line !== undefined) return { ...problem, where };
    const line = document.lineOf(where);
    return line === undefined ? problem : { ...problem, line };
  });
}
