import { stringify } from '../schema/yaml.js';
import type { Config } from '../config/config.js';
import { formatProblem, ConfigInvalid } from '../config/problems.js';
import { publishedSchema } from '../config/published.js';
import { isTree } from '../config/tree.js';
import { redact } from '../telemetry/redaction.js';
import { show } from './answer.js';
import type { Cli, CommonOptions } from './define.js';
import { EXIT } from './exit-codes.js';
import { printJson } from './output.js';
import { readConfig } from './settings.js';

/** Runs `countersign config schema`. */
export function printSchema(cli: Cli): void {
  printJson(cli.terminal, publishedSchema());
}

/** Runs `countersign config show`. */
export function showConfig(cli: Cli, options: CommonOptions): void {
  const shown = shownConfig(readConfig(cli.terminal));
  show(cli, options, shown, ({ out }) => {
    out(stringify(shown));
  });
}

/** Runs `countersign config check`. */
export function checkConfig(cli: Cli, options: CommonOptions): void {
  try {
    const { profile, file, warnings } = readConfig(cli.terminal);
    show(cli, options, { ok: true, profile, file: file ?? null, warnings }, ({ out }) => {
      out(`ok: profile ${profile}, ${file ?? 'no file: the defaults'}\n`);
      for (const warning of warnings) out(`warning: ${warning}\n`);
    });
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    const { problems } = error;
    cli.exitWith(EXIT.refused);
    show(cli, options, { ok: false, problems }, ({ out }) => {
      out(`${String(problems.length)} problem(s):\n`);
      for (const problem of problems) out(`  ${formatProblem(problem)}\n`);
    });
  }
}

/** Converts the configuration to the file's names; the registry already has them. */
function shownConfig(config: Config): unknown {
  const { registry, secrets, ...rest } = config;
  const names = ['adminToken', 'keyEncryptionKey', 'previousKeyEncryptionKey'] as const;
  const presence = names.map(
    (name) => [`${wireName(name)}_is_set`, secrets[name] !== undefined] as const,
  );
  return redact({ ...asWireNames(rest), registry, secrets: Object.fromEntries<boolean>(presence) });
}

function asWireNames(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]: [string, unknown]) => [wireName(key), namesIn(member)]),
  );
}

function namesIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(namesIn);
  return isTree(value) ? asWireNames(value) : value;
}

function wireName(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
