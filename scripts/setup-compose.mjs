#!/usr/bin/env node
// Makes what docker-compose.yml mounts: an authority and a certificate for Redis, a signed policy bundle, the
// configuration and the secrets. It keeps existing files, so it can run again after one was removed.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { makeAuthority, makeCertificate } from './lib/certificates.mjs';
import { readEnvFile } from './lib/compose.mjs';
import { findOpa, OPA_VERSION } from './lib/opa.mjs';
import { ensureOpenssl } from './lib/openssl.mjs';
import { root } from './lib/root.mjs';
import { runToEnd } from './lib/run.mjs';

const HELP = `usage: node scripts/setup-compose.mjs --issuer https://auth.example.com [OPTIONS]

Makes what docker-compose.yml mounts, and keeps existing files. Needs openssl, and opa ${OPA_VERSION} for the bundle.

  --issuer URL    the https address that a proxy in front of the services answers to
  --policy DIR    the Rego to compile and sign (default: rego, with the cases of test/policy)
  --sequence N    release number of the bundle; raise it with each release (default: 1)
  --subject NAME  a further name in the certificate of Redis, such as DNS:redis.example.com; may be repeated
  --folder DIR    where to write (default: this repository)
  --help          this text

  compose/redis/   ca.crt, redis.crt, redis.key    mounted into Redis; ca.crt into the services too
  compose/redis.env  the password of Redis         given to Redis and the services
  compose/policy/  bundle.tar.gz, release.pub.pem  mounted into the services
  compose/keys/    ca.key, ca.crt, release.pem     mounted nowhere: move it to where keys are kept
  countersign.production.yaml, countersign.env     the configuration; the secrets of the services
`;

/** The name of the signing key, in the bundle and in the configuration. */
const KEY_ID = 'release';

function configuration(issuer) {
  return `# docs/operate/configuration.md says what each key means. Secrets are in countersign.env.
profile: production
issuer: ${issuer}
redis:
  url: rediss://redis:6379
  tls: { ca_file: /etc/countersign/redis-ca.crt }
policy:
  path: /etc/countersign/policy/bundle.tar.gz
  signatures: required
  verification:
    keys: [{ id: ${KEY_ID}, alg: ES256, key_file: /etc/countersign/policy/release.pub.pem }]
registry:
  revision: 1
  agents: []
  resources: []
  resource_servers: []
`;
}

function secrets() {
  return [
    `COUNTERSIGN_ADMIN_TOKEN=${randomBytes(32).toString('base64url')}`,
    `COUNTERSIGN_KEY_ENCRYPTION_KEY=${randomBytes(32).toString('base64')}`,
    '',
  ].join('\n');
}

/** The password of Redis, which it must not share with a secret it does not need. An older set-up keeps its own. */
function redisSecret(former) {
  const known = existsSync(former) ? readEnvFile(former) : {};
  const password = known.COUNTERSIGN_REDIS_PASSWORD ?? randomBytes(32).toString('hex');
  return `COUNTERSIGN_REDIS_PASSWORD=${password}\n`;
}

/** Writes a file unless it is there. */
function keep(path, text, mode) {
  if (existsSync(path)) return say(`kept   ${path}`);
  writeFileSync(path, text(), { mode });
  say(`wrote  ${path}`);
}

/** Makes a file unless it is there. */
async function keepMade(path, make) {
  if (existsSync(path)) return say(`kept   ${path}`);
  await make();
  say(`wrote  ${path}`);
}

/** A key to sign with is made once: with another one a bundle that is there could not be verified any more. */
function makeSigningKey(key, pub) {
  if (existsSync(pub)) {
    if (existsSync(key)) return;
    throw new Error(`a bundle is to be signed: bring ${key} back, or remove ${pub} for a new key`);
  }
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(key, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(pub, pair.publicKey.export({ type: 'spki', format: 'pem' }), { mode: 0o644 });
  say(`wrote  ${key}\nwrote  ${pub}`);
}

function makeBundle(keys, folder, { policy, sequence }) {
  const bundle = join(folder, 'bundle.tar.gz');
  return keepMade(bundle, async () => {
    const key = join(keys, 'release.pem');
    makeSigningKey(key, join(folder, 'release.pub.pem'));
    const cases = policy === undefined ? ['--cases', join('test', 'policy', 'cases')] : [];
    await build();
    await runToEnd(
      process.execPath,
      [
        ...[join('dist', 'main.js'), 'policy', 'build', policy ?? 'rego', ...cases],
        ...['--sequence', String(sequence), '-o', bundle],
        ...['--signing-key', key, '--signing-key-id', KEY_ID],
      ],
      { env: { COUNTERSIGN_OPA: findOpa() }, progress: 'compiling and signing the policy' },
    );
    chmodSync(bundle, 0o644);
  });
}

async function setUp({ folder, issuer, subjects, ...bundle }) {
  await ensureOpenssl();
  const [redis, policy, keys] = ['redis', 'policy', 'keys'].map((name) =>
    join(folder, 'compose', name),
  );
  for (const path of [redis, policy]) mkdirSync(path, { recursive: true, mode: 0o755 });
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  await keepMade(join(redis, 'redis.crt'), async () => {
    const authority = await makeAuthority(keys);
    await makeCertificate(redis, authority, {
      name: 'redis',
      subjects: ['DNS:redis', 'DNS:localhost', ...subjects],
    });
    await runToEnd('cp', [authority.cert, join(redis, 'ca.crt')]);
  });
  await makeBundle(keys, policy, bundle);
  keep(join(folder, 'countersign.production.yaml'), () => configuration(issuer), 0o644);
  const env = join(folder, 'countersign.env');
  keep(join(folder, 'compose', 'redis.env'), () => redisSecret(env), 0o600);
  keep(env, secrets, 0o600);
  say(`Move ${keys} to where keys are kept. Then: docker compose up`);
}

function readOptions() {
  const text = { type: 'string' };
  const { values } = parseArgs({
    options: {
      ...{ issuer: text, policy: text, folder: text, help: { type: 'boolean', default: false } },
      sequence: { type: 'string', default: '1' },
      subject: { type: 'string', multiple: true, default: [] },
    },
  });
  const { issuer, policy, folder, sequence, subject: subjects, help } = values;
  if (help) return { help };
  if (!/^https:\/\/[^\s?#'"]+$/.test(issuer ?? ''))
    throw new Error('--issuer must be an https URL');
  if (!/^[1-9]\d{0,14}$/.test(sequence))
    throw new Error('--sequence must be a whole number from 1');
  if (subjects.some((one) => !/^(DNS|IP):[A-Za-z0-9.*:-]+$/.test(one))) {
    throw new Error('--subject must be DNS:name or IP:address');
  }
  const at = (path) => (path === undefined || isAbsolute(path) ? path : resolve(path));
  return { issuer, policy: at(policy), folder: at(folder) ?? root, sequence, subjects };
}

function say(line) {
  process.stdout.write(`${line}\n`);
}

try {
  const options = readOptions();
  if (options.help) say(HELP);
  else await setUp(options);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
