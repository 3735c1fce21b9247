import type { ConfiguredSecrets, WebhookConfig } from './config.js';
import {
  ADMIN_TOKEN_VARIABLE,
  KEY_ENCRYPTION_KEY_VARIABLE,
  type Environment,
} from './environment.js';
import { parseKeyEncryptionKey, weakness } from './key-material.js';
import type { ConfigProblem } from './problems.js';
import type { RawConfig } from './raw.generated.js';
import type { ReadFile } from './read-file.js';

/** The sources of secrets, and the list that collects their problems. */
export interface SecretSource {
  readonly env: Environment;
  readonly readFile: ReadFile;
  readonly problems: ConfigProblem[];
}

/** Reads every configured secret from the environment or a file. */
export function readSecrets(raw: RawConfig, source: SecretSource): ConfiguredSecrets {
  const adminToken =
    nonEmpty(source.env[ADMIN_TOKEN_VARIABLE]) ??
    readSecretFile(raw.admin.token_file, '/admin/token_file', source);
  checkAdminToken(adminToken, raw, source.problems);
  const fromEnv = nonEmpty(source.env[KEY_ENCRYPTION_KEY_VARIABLE]);
  const keyFile = '/keys/key_encryption_key_file';
  const previousFile = '/keys/previous_key_encryption_key_file';
  const key = fromEnv ?? readSecretFile(raw.keys.key_encryption_key_file, keyFile, source);
  if (raw.profile === 'production' && !fromEnv && raw.keys.key_encryption_key_file === undefined) {
    source.problems.push({
      where: KEY_ENCRYPTION_KEY_VARIABLE,
      message: 'must be set in production, or keys.key_encryption_key_file',
    });
  }
  const previous = readSecretFile(raw.keys.previous_key_encryption_key_file, previousFile, source);
  return {
    adminToken,
    keyEncryptionKey: keyOf(key, fromEnv ? KEY_ENCRYPTION_KEY_VARIABLE : keyFile, raw, source),
    previousKeyEncryptionKey: keyOf(previous, previousFile, raw, source),
  };
}

function checkAdminToken(
  token: string | undefined,
  raw: RawConfig,
  problems: ConfigProblem[],
): void {
  const where = ADMIN_TOKEN_VARIABLE;
  if (token === undefined) {
    if (raw.profile === 'production' && (raw.admin.principals ?? []).length === 0) {
      problems.push({ where, message: 'must be set in production, or name admin.principals' });
    }
    return;
  }
  if (!/^[\x21-\x7e]{8,256}$/.test(token)) {
    problems.push({ where, message: 'must be 8 to 256 visible ASCII characters without spaces' });
  } else if (raw.profile === 'production' && (token.length < 32 || new Set(token).size < 12)) {
    problems.push({ where, message: 'is too easy to guess: use at least 32 random characters' });
  }
}

function keyOf(
  text: string | undefined,
  where: string,
  raw: RawConfig,
  { problems }: SecretSource,
): string | undefined {
  if (text === undefined) return undefined;
  const key = parseKeyEncryptionKey(text);
  if (!key.ok) {
    problems.push({ where, message: key.message });
    return undefined;
  }
  const weak = weakness(key.base64);
  if (raw.profile === 'production' && key.development) {
    problems.push({ where, message: 'is a development key that the local profile made' });
  } else if (raw.profile === 'production' && weak !== undefined) {
    problems.push({ where, message: weak });
  }
  return key.base64;
}

const WEBHOOK_SECRET = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/;

/** Reads the webhooks with their secrets. */
export function readWebhooks(raw: RawConfig, source: SecretSource): WebhookConfig[] {
  return (raw.webhooks ?? []).map((webhook, index) => ({
    id: webhook.id,
    url: webhook.url,
    secret: webhookSecret(webhook, `/webhooks/${String(index)}`, source),
    events: webhook.events ?? [],
  }));
}

function webhookSecret(
  webhook: NonNullable<RawConfig['webhooks']>[number],
  where: string,
  source: SecretSource,
): string {
  const { secret_env: name, secret_file: file } = webhook;
  if ((name === undefined) === (file === undefined)) {
    source.problems.push({ where, message: 'must have exactly one of secret_env and secret_file' });
    return '';
  }
  const secret =
    name === undefined
      ? readSecretFile(file, `${where}/secret_file`, source)
      : nonEmpty(source.env[name]);
  if (name !== undefined && secret === undefined) {
    source.problems.push({ where: `${where}/secret_env`, message: `${name} is not set` });
  }
  if (secret !== undefined && !WEBHOOK_SECRET.test(secret)) {
    const message = 'must be whsec_ and the base64 of 24 to 64 random bytes';
    source.problems.push({ where: name ?? `${where}/secret_file`, message });
  }
  return secret ?? '';
}

/** Reads the token for the decision log's receiver; undefined when none is configured. */
export function readDecisionLogToken(
  { decision_log }: RawConfig,
  source: SecretSource,
): string | undefined {
  const { token_env: name, token_file: file } = decision_log.http;
  const where = '/decision_log/http';
  if (name !== undefined && file !== undefined) {
    source.problems.push({ where, message: 'must not have both token_env and token_file' });
  }
  const token =
    name === undefined
      ? readSecretFile(file, `${where}/token_file`, source)
      : nonEmpty(source.env[name]);
  if (name !== undefined && token === undefined) {
    source.problems.push({ where: `${where}/token_env`, message: `${name} is not set` });
  }
  if (token !== undefined && !/^[\x21-\x7e]{1,4096}$/.test(token)) {
    const message = 'must be visible ASCII characters without spaces';
    source.problems.push({ where: name ?? `${where}/token_file`, message });
  }
  return token;
}

/** Returns the trimmed text of a secret file, of which a link stays in its folder; reports its problems. */
export function readSecretFile(
  path: string | undefined,
  where: string,
  { readFile, problems }: SecretSource,
  links: 'inside' | 'any' = 'inside',
): string | undefined {
  if (path === undefined) return undefined;
  try {
    const text = nonEmpty(readFile(path, links)?.trim());
    if (text === undefined) problems.push({ where, message: `${path} is missing or empty` });
    return text;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    problems.push({ where, message: `cannot be read: ${why}` });
    return undefined;
  }
}

/** Returns undefined for an empty text, which counts as unset. */
export function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}
