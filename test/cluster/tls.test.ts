import { expect } from 'chai';
import { askRedis } from '../../src/app/redis-target.js';
import { openStorage } from '../../src/app/storage.js';
import { loadConfig, type Overrides } from '../../src/config/load.js';
import { readFileIfPresent } from '../../src/config/read-file.js';
import { askRedis as askSocket } from '../../src/redis/private/ask.js';
import { makeTestCertificates, type TestCertificates } from '../support/certificates.js';
import { startCluster, type TestCluster } from '../support/cluster.js';
import { issueToken, isActive, untilRecorded, walkMainPath } from '../support/main-path.js';
import { freePort } from '../support/redis.js';
import { PRIMARY_NAME, startSentinels, type SentinelSet } from '../support/sentinels.js';
import { startService } from '../support/service.js';
import { SILENT_LOG } from '../support/silent-log.js';
import { startTlsRedis, type TlsRedis } from '../support/tls-redis.js';
import { until } from '../support/episode.js';

const PASSWORD = 'correct-horse-battery';
const SENTINEL_PASSWORD = 'staple-for-sentinels';
/** Services that know nothing of each other share no keys: each walk has a separate prefix. */
let walks = 0;
/** Opens the store as the service does and says why it cannot; empty when it can. */
async function refusal(
  url: string,
  overrides: Overrides,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const settings = { 'redis.url': url, 'redis.command_timeout_ms': 2000, ...overrides };
  const config = loadConfig(env, readFileIfPresent, settings, { cwd: '/' });
  try {
    const storage = await openStorage(config, { log: SILENT_LOG, name: 'test' });
    storage.close();
    return '';
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    expect(JSON.stringify(error) + text).not.to.contain(PASSWORD);
    expect(text).not.to.contain(SENTINEL_PASSWORD);
    return text;
  }
}

/** Serves with a worker on the store, and walks the main path. */
async function serveAndWalk(
  redisUrl: string,
  overrides: Overrides,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const apart = { 'redis.prefix': `walk${String(++walks)}`, ...overrides };
  const service = await startService({ redisUrl, overrides: apart, env, worker: true });
  try {
    await walkMainPath(service, 'task-tls');
    await untilRecorded(service, 'task-tls');
    expect(service.log.join('\n')).not.to.contain(PASSWORD).and.not.contain(SENTINEL_PASSWORD);
  } finally {
    await service.close();
  }
}

describe('a Redis that speaks TLS', function () {
  this.timeout(120_000);
  let byName: TestCertificates;
  let foreign: TestCertificates;
  let redis: TlsRedis;
  let at: string;
  before(async () => {
    byName = await makeTestCertificates('DNS:localhost');
    foreign = await makeTestCertificates('DNS:localhost');
    redis = await startTlsRedis(byName, PASSWORD);
    at = `:${String(redis.port)}`;
  });
  after(() => redis.server.stop());

  const trusting = () => ({ 'redis.tls.ca_file': byName.caFile });

  it('serves, issues, introspects, revokes and records', async () => {
    await serveAndWalk(`rediss://localhost${at}`, trusting(), {
      COUNTERSIGN_REDIS_PASSWORD: PASSWORD,
    });
  });

  it('is reached by an address with a configured server name', async () => {
    const env = { COUNTERSIGN_REDIS_PASSWORD: PASSWORD };
    const named = { ...trusting(), 'redis.tls.server_name': 'localhost' };
    expect(await refusal(`rediss://127.0.0.1${at}`, named, env)).to.equal('');
  });

  it('is refused for an unknown authority, with NODE_TLS_REJECT_UNAUTHORIZED=0 too', async () => {
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const url = `rediss://cs:${PASSWORD}@localhost${at}`;
      const message = await refusal(url, { 'redis.tls.ca_file': foreign.caFile });
      expect(message).to.contain(`localhost${at}: no trusted authority`);
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  });

  it('that goes away: /readyz on the admin listener says which address fails, and why', async () => {
    const lost = await startTlsRedis(byName, PASSWORD);
    const env = { COUNTERSIGN_REDIS_PASSWORD: PASSWORD };
    const redisUrl = `rediss://localhost:${String(lost.port)}`;
    const service = await startService({ redisUrl, overrides: trusting(), env });
    try {
      await lost.server.kill9();
      const { checks } = (await service.http.admin('GET', '/readyz')).json();
      const redis = (checks as { name: string; detail: string }[]).find(
        ({ name }) => name === 'redis',
      );
      const where = `server localhost:${String(lost.port)}: connection refused`;
      expect(redis?.detail).to.contain(where).and.to.contain('ECONNREFUSED');
    } finally {
      await service.close();
      await lost.server.stop();
    }
  });

  it('A failed connection says address and cause: another name, wrong password, none, no server', async () => {
    const login = `default:${PASSWORD}@`;
    const none = `localhost:${String(await freePort())}`;
    const told = await Promise.all([
      refusal(`rediss://${login}127.0.0.1${at}`, trusting()),
      refusal(`rediss://default:wrong@localhost${at}`, trusting()),
      refusal(`rediss://localhost${at}`, trusting()),
      refusal(`rediss://${login}${none}`, trusting()),
      refusal(`redis://${login}localhost${at}`, {}),
    ]);
    expect(told[0]).to.contain(`127.0.0.1${at}: the certificate is for another name`);
    expect(told[0])
      .to.contain('ERR_TLS_CERT_ALTNAME_INVALID')
      .and.to.contain('the certificate names DNS:localhost');
    expect(told[1]).to.contain(`localhost${at}: WRONGPASS`);
    expect(told[2]).to.contain(`localhost${at}: NOAUTH`);
    expect(told[3]).to.contain(`${none}: connection refused`).and.to.contain('ECONNREFUSED');
    expect(told[4]).to.contain(`localhost${at}: `).and.to.contain('TLS');
  });
});

describe('Sentinels that speak TLS and have a password of their own', function () {
  this.timeout(180_000);
  let certificates: TestCertificates;
  let set: SentinelSet;
  const names = (host: string, ports = set.ports) =>
    ports.map((port) => `${host}:${String(port)}`).join(',');
  const urlOf = (host: string) => `rediss+sentinel://${names(host)}/${PRIMARY_NAME}`;
  const env = {
    COUNTERSIGN_REDIS_PASSWORD: PASSWORD,
    COUNTERSIGN_REDIS_SENTINEL_PASSWORD: SENTINEL_PASSWORD,
  };
  const trusting = () => ({ 'redis.tls.ca_file': certificates.caFile });

  before(async () => {
    certificates = await makeTestCertificates('DNS:localhost');
    set = await startSentinels({
      certificates,
      password: PASSWORD,
      sentinelPassword: SENTINEL_PASSWORD,
      // The certificate has no address in it: what the Sentinels name is checked against the names of the URL.
      announced: '127.0.0.1',
    });
  });
  after(() => set.stop());

  it('name the primary by address, and its certificate has a name: serves and records', async () => {
    await serveAndWalk(urlOf('localhost'), trusting(), env);
  });

  it('take their password from the URL', async () => {
    const login = `rediss+sentinel://default:${PASSWORD}@${names('localhost')}/${PRIMARY_NAME}`;
    const url = `${login}?sentinel_password=${SENTINEL_PASSWORD}`;
    expect(await refusal(url, trusting())).to.equal('');
  });

  it('A failed connection says address and cause: each Sentinel, and the primary', async () => {
    const url = urlOf('localhost');
    const wrong = { ...env, COUNTERSIGN_REDIS_SENTINEL_PASSWORD: 'wrong' };
    const other = { ...env, COUNTERSIGN_REDIS_PASSWORD: 'wrong' };
    const without = { COUNTERSIGN_REDIS_PASSWORD: PASSWORD };
    const unknown = url.replace(PRIMARY_NAME, 'nobody');
    const told = await Promise.all([
      refusal(url, trusting(), wrong),
      refusal(url, trusting(), without),
      refusal(unknown, trusting(), env),
      refusal(url, trusting(), other),
      refusal(urlOf('127.0.0.1'), trusting(), env),
    ]);
    for (const port of set.ports.map(String)) {
      expect(told[0]).to.contain(`Sentinel localhost:${port}: WRONGPASS`);
      expect(told[1]).to.contain(`Sentinel localhost:${port}: NOAUTH`);
      expect(told[2]).to.contain(`localhost:${port}: does not know a primary named nobody`);
      expect(told[4]).to.contain(`127.0.0.1:${port}: the certificate is for another name`);
    }
    expect(told[3]).to.contain(`primary 127.0.0.1:${String(set.primary.port)}: WRONGPASS`);
  });

  it('are asked by doctor, each with its address', async () => {
    const settings = { 'redis.url': urlOf('localhost'), ...trusting() };
    const config = loadConfig(env, readFileIfPresent, settings, { cwd: '/' });
    const answers = await askRedis(config);
    expect(answers).to.have.deep.members([
      ...set.ports.map((port) => ({
        address: `Sentinel localhost:${String(port)}`,
        problem: undefined,
      })),
      { address: `primary 127.0.0.1:${String(set.primary.port)}`, problem: undefined },
    ]);
  });

  it('fail over: the service finds the new primary, with TLS, and serves on', async () => {
    const overrides = { ...trusting(), 'redis.command_timeout_ms': 1000 };
    const service = await startService({ redisUrl: urlOf('localhost'), overrides, env });
    try {
      const before = await issueToken(service, 'task-before');
      await set.endSentinel(0);
      await set.primary.server.kill9();
      await until('the Sentinels name the replica', async () => {
        return (await set.primaryPort()) === set.replica.port;
      });
      await until('the service answers again', async () => {
        return typeof (await isActive(service, before)) === 'boolean';
      }).catch((error: unknown) => {
        throw new Error(service.log.slice(-8).join('\n'), { cause: error });
      });
      // Another primary, another epoch: what was issued before is inactive.
      expect(await isActive(service, before)).to.equal(false);
      await until('the service issues again', async () => {
        return (await issueToken(service, 'task-after').catch(() => '')) !== '';
      });
      await walkMainPath(service, 'task-after');
      const log = service.log.join('\n');
      expect(log).to.contain('redis address does not answer');
      expect(log).not.to.contain(PASSWORD).and.not.contain(SENTINEL_PASSWORD);
    } finally {
      await service.close();
    }
  });
});

describe('a Cluster that speaks TLS', function () {
  this.timeout(180_000);
  let certificates: TestCertificates;
  let cluster: TestCluster;
  const env = { COUNTERSIGN_REDIS_PASSWORD: PASSWORD };
  const trusting = () => ({ 'redis.tls.ca_file': certificates.caFile });
  const urlOf = (host: string) => cluster.url.replaceAll('127.0.0.1', host);
  const prefer = async (kind: 'ip' | 'hostname') => {
    const command = ['CONFIG', 'SET', 'cluster-preferred-endpoint-type', kind];
    // With a password the socket wants it too: nothing but this command is sent without.
    for (const { socket } of cluster.nodes) await askSocket({ path: socket }, command);
  };

  before(async () => {
    certificates = await makeTestCertificates('DNS:localhost');
    cluster = await startCluster({
      tls: certificates,
      args: ['--cluster-announce-hostname', 'localhost'],
    });
    await prefer('ip');
    const users = ['ACL', 'SETUSER', 'cs', 'on', `>${PASSWORD}`, '~*', '&*', '+@all'];
    for (const { socket } of cluster.nodes) await askSocket({ path: socket }, users);
  });
  after(() => cluster.stop());

  const as = { 'redis.username': 'cs' };

  it('names nodes by host name, and their certificates have names: serves and records', async () => {
    await prefer('hostname');
    await serveAndWalk(urlOf('localhost'), { ...trusting(), ...as }, env);
  });

  it('names nodes by address, and their certificates have names: serves and records', async () => {
    await prefer('ip');
    await serveAndWalk(urlOf('localhost'), { ...trusting(), ...as }, env);
  });

  it('is named by address in the URL, with redis.tls.server_name', async () => {
    const settings = { ...trusting(), ...as, 'redis.tls.server_name': 'localhost' };
    expect(await refusal(cluster.url, settings, env)).to.equal('');
  });

  it('A failed connection says address and cause: each node', async () => {
    const none = String(await freePort());
    const [names, logins, away] = await Promise.all([
      refusal(cluster.url, { ...trusting(), ...as }, env),
      refusal(
        urlOf('localhost'),
        { ...trusting(), ...as },
        { COUNTERSIGN_REDIS_PASSWORD: 'wrong' },
      ),
      refusal(`rediss+cluster://localhost:${none}`, trusting()),
    ]);
    for (const port of cluster.ports.map(String)) {
      expect(names).to.contain(`node 127.0.0.1:${port}: the certificate is for another name`);
      expect(logins).to.contain(`node localhost:${port}: WRONGPASS`);
    }
    expect(away).to.contain(`node localhost:${none}: connection refused`);
  });
});
