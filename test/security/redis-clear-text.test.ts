import { expect } from 'chai';
import { openStorage } from '../../src/app/storage.js';
import { loadConfig, type Overrides } from '../../src/config/load.js';
import { readFileIfPresent } from '../../src/config/read-file.js';
import { connectQueueRedis, connectRedis, type RedisClient } from '../../src/redis/client.js';
import { within } from '../../src/domain/deadline.js';
import { diagnose, problemsOf } from '../../src/redis/diagnosis.js';
import { pingPrimaries } from '../../src/redis/probe.js';
import { targetOf, type RedisTarget } from '../../src/redis/target.js';
import { parseRedisUrl } from '../../src/redis/url.js';
import { makeTestCertificates } from '../support/certificates.js';
import { until } from '../support/episode.js';
import { SILENT_LOG } from '../support/silent-log.js';
import {
  asClusterNode,
  asSentinel,
  startRecordingListener,
  type RecordingListener,
} from '../support/recording-listener.js';

const PASSWORD = 'correct-horse-battery';
/** The first byte of a TLS handshake record (RFC 8446, section 5.1). */
const TLS_HANDSHAKE = 0x16;

/** Tries to open the store as the service does, which must fail here. */
async function tryToOpen(url: string, overrides: Overrides = {}): Promise<string> {
  const settings = { 'redis.url': url, ...overrides };
  const config = loadConfig({}, readFileIfPresent, settings, { cwd: '/' });
  try {
    const storage = await openStorage(config, { log: SILENT_LOG, name: 'test' });
    storage.close();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('a TLS URL of Redis never falls back to clear text', function () {
  this.timeout(60_000);
  let listener: RecordingListener;
  beforeEach(async () => {
    // A client that speaks clear text gets the replies that lead it to send the password.
    listener = await startRecordingListener({ answer: asSentinel(() => listener.port) });
  });
  afterEach(() => listener.close());

  const urls: Readonly<Record<string, (hosts: string) => string>> = {
    'a single server': (hosts) => `rediss://cs:${PASSWORD}@${hosts}`,
    Sentinel: (hosts) => `rediss+sentinel://cs:${PASSWORD}@${hosts}/primary`,
    Cluster: (hosts) => `rediss+cluster://cs:${PASSWORD}@${hosts}`,
  };
  for (const [topology, urlOf] of Object.entries(urls)) {
    it(`${topology}: the first byte opens a TLS handshake, and the password is in none`, async () => {
      const message = await tryToOpen(urlOf(`127.0.0.1:${String(listener.port)}`));
      expect(message).not.to.equal('');
      const spoken = listener.received.filter((bytes) => bytes.length > 0);
      expect(spoken).to.have.length.greaterThan(0);
      for (const bytes of spoken) {
        expect(bytes[0], bytes.toString('latin1')).to.equal(TLS_HANDSHAKE);
        expect(bytes.includes(PASSWORD)).to.equal(false);
      }
      expect(message).not.to.contain(PASSWORD);
    });
  }

  it('Sentinel with TLS that names a primary without: no more than a handshake reaches it', async () => {
    const certificates = await makeTestCertificates('DNS:localhost');
    const sentinel = await startRecordingListener({
      tls: certificates,
      answer: asSentinel(() => listener.port),
    });
    try {
      const hosts = `localhost:${String(sentinel.port)}`;
      const message = await tryToOpen(`rediss+sentinel://cs:${PASSWORD}@${hosts}/primary`, {
        'redis.tls.ca_file': certificates.caFile,
      });
      expect(message).to.contain(`primary 127.0.0.1:${String(listener.port)}: no TLS on this port`);
      expect(Buffer.concat([...sentinel.received]).toString()).to.contain(
        'get-master-addr-by-name',
      );
      const spoken = listener.received.filter((bytes) => bytes.length > 0);
      expect(spoken).to.have.length.greaterThan(0);
      for (const bytes of spoken) {
        expect(bytes[0], bytes.toString('latin1')).to.equal(TLS_HANDSHAKE);
        expect(bytes.includes(PASSWORD)).to.equal(false);
      }
    } finally {
      await sentinel.close();
    }
  });
});

describe('a clear-text Sentinel or Cluster that names a host which may not be spoken to so', function () {
  this.timeout(60_000);
  /** Stands in for a host on another machine: its address is not among those that may be spoken to. */
  let elsewhere: RecordingListener;
  let here: RecordingListener;
  beforeEach(async () => {
    elsewhere = await startRecordingListener({ answer: asSentinel(() => 1) });
  });
  afterEach(async () => {
    await here.close();
    await elsewhere.close();
  });

  const cases: Readonly<Record<string, readonly [typeof asSentinel, (hosts: string) => string]>> = {
    Sentinel: [asSentinel, (hosts) => `redis+sentinel://cs:${PASSWORD}@${hosts}/primary`],
    Cluster: [asClusterNode, (hosts) => `redis+cluster://cs:${PASSWORD}@${hosts}`],
  };
  for (const [topology, [as, urlOf]] of Object.entries(cases)) {
    for (const kind of ['service', 'queue'] as const) {
      it(`${topology}: the ${kind}'s connection sends it nothing, and the cause says so`, async () => {
        here = await startRecordingListener({ answer: as(() => elsewhere.port) });
        const url = urlOf(`localhost:${String(here.port)}`);
        const target = targetOf(parseRedisUrl(url), {
          clearTextTo: (host) => host === 'localhost',
        });
        const client = open(kind, target);
        try {
          await until('it asked for the servers', () =>
            Promise.resolve(
              /get-master-addr|slots/i.test(Buffer.concat([...here.received]).toString()),
            ),
          );
          await within(1000, pingPrimaries(client)).catch(() => undefined);
          const found = problemsOf(await diagnose(target, 2000));
          expect(found).to.contain(
            `127.0.0.1:${String(elsewhere.port)}: refused: 127.0.0.1 is not`,
          );
          expect(elsewhere.received).to.deep.equal([]);
        } finally {
          client.disconnect();
        }
      });
    }
  }

  function open(kind: 'service' | 'queue', target: RedisTarget): RedisClient {
    const onFailure = () => undefined;
    if (kind === 'queue') return connectQueueRedis(target, onFailure);
    const client = connectRedis(target, { commandTimeoutMs: 500, name: 'test', onFailure });
    client.connect().catch(() => undefined);
    return client;
  }
});
