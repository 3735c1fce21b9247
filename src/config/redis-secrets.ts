import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { parseRedisUrl, type RedisUrl } from '../redis/url.js';
import type { RedisConfig, RedisLoginConfig, RedisTlsConfig } from './config.js';
import { nonEmpty, readSecretFile, type SecretSource } from './credentials.js';
import { REDIS_PASSWORD_VARIABLE, SENTINEL_PASSWORD_VARIABLE } from './environment.js';
import type { RawConfig } from './raw.generated.js';

/** The Redis credentials and certificates from the environment or files. */
export type RedisSecrets = Pick<RedisConfig, 'login' | 'sentinelLogin' | 'tls'>;

/** Reads the passwords and certificates; reports invalid and unused ones. */
export function readRedisSecrets(raw: RawConfig['redis'], source: SecretSource): RedisSecrets {
  const secrets = {
    login: readLogin(raw, '/redis', REDIS_PASSWORD_VARIABLE, source),
    sentinelLogin: readLogin(raw.sentinel, '/redis/sentinel', SENTINEL_PASSWORD_VARIABLE, source),
    tls: readTls(raw.tls, source),
  };
  checkUse(raw, secrets, source);
  return secrets;
}

interface RawLogin {
  readonly username?: string;
  readonly password_file?: string;
}

function readLogin(
  { username, password_file: file }: RawLogin,
  where: string,
  variable: string,
  source: SecretSource,
): RedisLoginConfig {
  const fromEnv = nonEmpty(source.env[variable]);
  if (fromEnv !== undefined && file !== undefined) {
    const message = `must not be set when ${variable} is: one of them holds the password`;
    source.problems.push({ where: `${where}/password_file`, message });
  }
  const password = fromEnv ?? readSecretFile(file, `${where}/password_file`, source);
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
}

function readTls(raw: RawConfig['redis']['tls'], source: SecretSource): RedisTlsConfig {
  // Certificates are public: a system's folder of authorities has links to other folders.
  const read = (key: 'ca_file' | 'cert_file' | 'key_file'): string | undefined =>
    readSecretFile(raw[key], `/redis/tls/${key}`, source, key === 'key_file' ? 'inside' : 'any');
  const [ca, cert, privateKey] = [read('ca_file'), read('cert_file'), read('key_file')];
  checkCertificate('ca_file', ca, source);
  checkCertificate('cert_file', cert, source);
  if ((raw.cert_file === undefined) !== (raw.key_file === undefined)) {
    const message = 'must have both of cert_file and key_file, or neither';
    source.problems.push({ where: '/redis/tls', message });
  } else if (cert !== undefined && privateKey !== undefined && isCertificate(cert)) {
    checkPair(cert, privateKey, source);
  }
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(privateKey === undefined ? {} : { privateKey }),
    ...(raw.server_name === undefined ? {} : { serverName: raw.server_name }),
  };
}

function checkCertificate(key: string, pem: string | undefined, { problems }: SecretSource): void {
  if (pem === undefined || isCertificate(pem)) return;
  problems.push({ where: `/redis/tls/${key}`, message: 'holds no certificate in PEM' });
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject.length >= 0;
  } catch {
    return false;
  }
}

function checkPair(cert: string, key: string, { problems }: SecretSource): void {
  try {
    createSecureContext({ cert, key });
  } catch {
    const message = 'is not the private key in PEM of the certificate in cert_file';
    problems.push({ where: '/redis/tls/key_file', message });
  }
}

/** Reports settings that no connection uses: they indicate a wrong URL. */
function checkUse(
  raw: RawConfig['redis'],
  secrets: RedisSecrets,
  { problems }: SecretSource,
): void {
  const url = parsed(raw.url);
  if (url === undefined && raw.url !== undefined) return;
  const isSet = (value: object): boolean => Object.values(value).some((one) => one !== undefined);
  if ((isSet(raw.tls) || isSet(secrets.tls)) && url?.tls !== true) {
    const message =
      'is set, and redis.url is not TLS: use rediss:// (or rediss+sentinel, rediss+cluster)';
    problems.push({ where: '/redis/tls', message });
  }
  if (isSet(secrets.sentinelLogin) && url?.topology !== 'sentinel') {
    const message = 'is set, and redis.url is no Sentinel URL';
    problems.push({ where: '/redis/sentinel', message });
  }
  if (isSet(secrets.login) && url === undefined) {
    problems.push({ where: '/redis/url', message: 'must be set: a Redis user or password is' });
  }
  const passwords = [secrets.login.password, url?.login.password];
  if (secrets.login.username !== undefined && passwords.every((one) => one === undefined)) {
    const message = `needs a password: set ${REDIS_PASSWORD_VARIABLE} or redis.password_file`;
    problems.push({ where: '/redis/username', message });
  }
  if (secrets.login.password !== undefined && url?.login.password !== undefined) {
    problems.push({ where: '/redis/url', message: 'holds a password, and another one is set' });
  }
  if (secrets.sentinelLogin.password !== undefined && url?.sentinelLogin.password !== undefined) {
    const message = 'holds a sentinel_password, and another one is set';
    problems.push({ where: '/redis/url', message });
  }
}

function parsed(url: string | undefined): RedisUrl | undefined {
  try {
    return url === undefined ? undefined : parseRedisUrl(url);
  } catch {
    return undefined;
  }
}
