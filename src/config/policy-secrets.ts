import { KeyUnusable, verificationOf } from '../policy/bundle/signature/keys.js';
import type { SecretSource } from './credentials.js';
import type { PolicySecrets, RawPolicy } from './policy.js';

type Key = PolicySecrets['keys'][number];
type RawKey = NonNullable<RawPolicy['verification']['keys']>[number];

/** Reads the bundle verification keys and the bundle server's credentials; reports their problems. */
export function readPolicySecrets(policy: RawPolicy, source: SecretSource): PolicySecrets {
  const raw = policy.verification.keys ?? [];
  const keys = raw.flatMap((key, index) => {
    const secret = readKey(key, `/policy/verification/keys/${String(index)}`, source);
    return secret === undefined ? [] : [secret];
  });
  if (keys.length === raw.length) checkKeys(keys, policy, source);
  return {
    keys,
    server: {
      bearerToken: bearerToken(policy.server, source),
      headers: (policy.server.headers ?? []).map(({ name, env }, index) => ({
        name,
        secret: headerValue(env, `/policy/server/headers/${String(index)}/env`, source),
      })),
    },
  };
}

/** Returns the environment variables named by the policy's settings. */
export function policyVariables({ verification, server }: RawPolicy): string[] {
  return [
    ...(verification.keys ?? []).map(({ key_env: name }) => name),
    ...(server.headers ?? []).map(({ env }) => env),
    server.bearer_token_env,
  ].flatMap((name) => name ?? []);
}

function readKey(key: RawKey, where: string, source: SecretSource): Key | undefined {
  const { id, alg, scope, key_file: file, key_env: name } = key;
  if ((name === undefined) === (file === undefined)) {
    source.problems.push({ where, message: 'must have exactly one of key_file and key_env' });
    return undefined;
  }
  // Not trimmed: the bytes of the file are the secret, as `opa sign` takes them.
  const secret =
    name === undefined ? readFile(file, `${where}/key_file`, source) : source.env[name];
  if (secret === undefined || secret === '') {
    const message = name === undefined ? `${file ?? ''} is missing or empty` : `${name} is not set`;
    source.problems.push({
      where: `${where}/${name === undefined ? 'key_file' : 'key_env'}`,
      message,
    });
    return undefined;
  }
  return { id, alg, secret, scope };
}

function readFile(
  path: string | undefined,
  where: string,
  { readFile: read, problems }: SecretSource,
): string | undefined {
  try {
    return path === undefined ? undefined : read(path, 'inside');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    problems.push({ where, message: `cannot be read: ${why}` });
    return undefined;
  }
}

function checkKeys(keys: readonly Key[], policy: RawPolicy, { problems }: SecretSource): void {
  try {
    verificationOf(
      keys.map(({ id, alg, secret, scope }) => ({
        id,
        alg,
        key: secret,
        ...(scope === undefined ? {} : { scope }),
      })),
      policy.verification.key_id,
    );
  } catch (error) {
    if (!(error instanceof KeyUnusable)) throw error;
    problems.push({ where: '/policy/verification', message: error.message });
  }
}

const VISIBLE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

function bearerToken(
  server: RawPolicy['server'],
  source: SecretSource,
): PolicySecrets['server']['bearerToken'] {
  const { bearer_token_env: name, bearer_token_file: file } = server;
  if (name !== undefined && file !== undefined) {
    const message = 'must have at most one of bearer_token_env and bearer_token_file';
    source.problems.push({ where: '/policy/server', message });
    return undefined;
  }
  if (name !== undefined) {
    return { secret: headerValue(name, '/policy/server/bearer_token_env', source) };
  }
  if (file === undefined) return undefined;
  const where = '/policy/server/bearer_token_file';
  if (!VISIBLE.test(readFile(file, where, source)?.trim() ?? '')) {
    source.problems.push({ where, message: `${file} is missing, empty or holds no token` });
  }
  return { file };
}

function headerValue(name: string, where: string, { env, problems }: SecretSource): string {
  const value = env[name] ?? '';
  if (value === '') problems.push({ where, message: `${name} is not set` });
  else if (!VISIBLE.test(value)) problems.push({ where: name, message: 'is not one visible line' });
  return value;
}
