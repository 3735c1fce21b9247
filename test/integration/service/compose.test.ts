import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parse } from 'yaml';
import {
  environmentOf,
  readCompose,
  redisCommands,
  serviceConfiguration,
  type ComposeService,
} from '../../../scripts/lib/compose.mjs';
import { DEMO_REGISTRY } from '../../../src/config/demo.js';
import { endProcess, identify } from '../../../src/redis/private/process.js';
import { until } from '../../support/episode.js';
import { HttpClient } from '../../support/http.js';
import { startProcess, type CountersignProcess } from '../../support/process.js';
import { freePort } from '../../support/redis.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const FILES = [
  ...['compose/redis/ca.crt', 'compose/redis/redis.crt', 'compose/redis/redis.key'],
  'compose/redis.env',
  ...['compose/policy/bundle.tar.gz', 'compose/policy/release.pub.pem'],
  ...['compose/keys/ca.key', 'compose/keys/release.pem'],
  ...['countersign.production.yaml', 'countersign.env'],
];

function setUp(folder: string, ...args: string[]): { code: number | null; output: string } {
  const script = [join(ROOT, 'scripts/setup-compose.mjs'), '--folder', folder, ...args];
  const env = { PATH: process.env['PATH'], COUNTERSIGN_OPA: process.env['COUNTERSIGN_OPA'] };
  const ran = spawnSync(process.execPath, script, { encoding: 'utf8', env });
  return { code: ran.status, output: ran.stdout + ran.stderr };
}

/** Admission tries fewer inputs, and everything has more time: the machine may be busy. */
const PATIENT = {
  COUNTERSIGN_POLICY_ADMISSION_INPUTS: '20',
  COUNTERSIGN_POLICY_ADMISSION_DEADLINE_MS: '60000',
  COUNTERSIGN_REDIS_COMMAND_TIMEOUT_MS: '2000',
};
const ISSUER = ['--issuer', 'https://auth.example.com'];

describe('the set-up of docker-compose.yml, followed without Docker', function () {
  this.timeout(300_000);
  let folder: string;
  let variables: Readonly<Record<string, string>>;
  let ofRedis: Readonly<Record<string, string>>;
  let port: number;
  let redisPid: number;
  const compose = readCompose();
  const serviceOf = (name: string): ComposeService => {
    const service = compose.services[name];
    if (service === undefined) throw new Error(`no service ${name}`);
    return service;
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cs-compose-'));
    const { code, output } = setUp(folder, ...ISSUER);
    expect(code, output).to.equal(0);
    variables = environmentOf(serviceOf('service-a'), folder);
    ofRedis = environmentOf(serviceOf('redis'), folder);
    port = await freePort();
    const { start, health } = redisCommands(compose, folder, port);
    const env = { PATH: process.env['PATH'], ...ofRedis };
    const redis = spawn('sh', ['-c', `${start} --bind 127.0.0.1`], {
      cwd: folder,
      env,
      stdio: 'ignore',
    });
    redisPid = redis.pid ?? 0;
    process.once('exit', () => redis.kill('SIGKILL'));
    // The health check of the compose file, as it stands there.
    await until('Redis is healthy', () => {
      return Promise.resolve(spawnSync('sh', ['-c', health], { env }).status === 0);
    });
  });
  after(async () => {
    const redis = identify(redisPid);
    if (redis !== undefined) await endProcess(redis, 5000);
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes every file, and keeps secrets to their owner', () => {
    for (const file of FILES) expect(existsSync(join(folder, file)), file).to.equal(true);
    for (const file of [
      'countersign.env',
      'compose/redis.env',
      'compose/redis/redis.key',
      'compose/keys',
    ])
      expect(statSync(join(folder, file)).mode & 0o077, file).to.equal(0);
  });

  it('mounts only what it makes, and no key that signs', () => {
    const mounts = Object.values(compose.services).flatMap(({ volumes }) => volumes);
    const made = mounts.filter((one) => one.startsWith('./')).map((one) => one.split(':')[0] ?? '');
    expect(made).to.have.length.greaterThan(3);
    for (const host of made) {
      expect(existsSync(join(folder, host)), host).to.equal(true);
      expect(host).not.to.contain('keys');
    }
  });

  it('gives Redis its password and no secret of the services', () => {
    expect(Object.keys(ofRedis)).to.deep.equal(['COUNTERSIGN_REDIS_PASSWORD']);
    expect(variables).to.include(ofRedis).and.to.include.keys('COUNTERSIGN_ADMIN_TOKEN');
  });

  it('keeps the password of a set-up whose secrets were in one file', () => {
    const [env, ofIts] = ['countersign.env', 'compose/redis.env'].map((file) =>
      join(folder, file),
    ) as [string, string];
    const [held, password] = [readFileSync(env, 'utf8'), readFileSync(ofIts, 'utf8')];
    writeFileSync(env, held + password);
    rmSync(ofIts);
    expect(setUp(folder, ...ISSUER).code).to.equal(0);
    expect(readFileSync(ofIts, 'utf8')).to.equal(password);
    writeFileSync(env, held);
  });

  it('runs again and changes nothing', () => {
    const read = () => FILES.map((file) => readFileSync(join(folder, file)).toString('hex'));
    const before = read();
    expect(setUp(folder, ...ISSUER).code).to.equal(0);
    expect(read()).to.deep.equal(before);
  });

  it('does not replace a signing key that was moved away', () => {
    const [key, bundle] = ['compose/keys/release.pem', 'compose/policy/bundle.tar.gz'].map((file) =>
      join(folder, file),
    ) as [string, string];
    const [held, signed] = [readFileSync(key), readFileSync(bundle)];
    rmSync(key);
    expect(setUp(folder, ...ISSUER).code, 'nothing to sign').to.equal(0);
    rmSync(bundle);
    const { code, output } = setUp(folder, ...ISSUER);
    writeFileSync(key, held, { mode: 0o600 });
    writeFileSync(bundle, signed);
    expect(code).to.equal(1);
    expect(output).to.contain(`bring ${key} back`);
  });

  it('refuses an issuer that is not https', () => {
    expect(setUp(folder, '--issuer', 'http://auth.example.com').code).to.equal(1);
  });

  it('serves in production, on the signed bundle and the TLS Redis: issues and introspects', async () => {
    const service = await serve();
    try {
      await issueAndIntrospect(new HttpClient(service.endpoints));
    } finally {
      service.kill('SIGTERM');
      await service.exited;
    }
    expect(service.output()).not.to.contain(variables['COUNTERSIGN_REDIS_PASSWORD']);
  });

  it('production refuses that Redis in the clear by another name, and the bundle unsigned', async () => {
    const text = serviceConfiguration(compose, folder, port);
    const unsafe = text
      .replace('rediss://localhost', 'redis://redis.example.com')
      .replace(/ {2}tls:.*\n/, '')
      .replace('signatures: required', 'signatures: off');
    const refused = await serve(unsafe).then(
      () => 'it serves',
      (error: unknown) => String(error),
    );
    expect(refused)
      .to.contain('/redis/url')
      .and.contain('must be TLS in production: use rediss://');
    expect(refused).to.contain('/policy/signatures').and.contain('must be required in production');
  });

  function serve(text = serviceConfiguration(compose, folder, port)): Promise<CountersignProcess> {
    const config = parse(text) as Record<string, unknown>;
    const { agents, resources, resource_servers } = DEMO_REGISTRY;
    return startProcess({
      real: true,
      command: 'serve',
      dir: folder,
      adminToken: variables['COUNTERSIGN_ADMIN_TOKEN'] ?? '',
      env: { ...variables, ...PATIENT, COUNTERSIGN_DATA_DIR: join(folder, 'data') },
      config: { ...config, registry: { revision: 1, agents, resources, resource_servers } },
    });
  }

  async function issueAndIntrospect(http: HttpClient): Promise<void> {
    const secretOf = async (path: string): Promise<string> => {
      const made = await http.admin('POST', `/admin/v1/${path}/secrets`);
      return String(made.json()['secret']);
    };
    const agent = ['demo-agent', await secretOf('agents/demo-agent')] as const;
    const server = ['demo-api', await secretOf('resource-servers/demo-api')] as const;
    const issued = await http.send('POST', '/token', {
      basic: [...agent],
      json: { resource: 'stripe', scope: 'read_invoices', ttl: 60 },
    });
    expect(issued.status, issued.text).to.equal(200);
    const token = String(issued.json()['access_token']);
    const seen = await http.send('POST', '/introspect', { basic: [...server], form: { token } });
    expect(seen.json()['active'], seen.text).to.equal(true);
    await http.close();
  }
});
