import { expect } from 'chai';
import fc from 'fast-check';
import { isLoopback } from '../../../src/config/addresses.js';
import type { Config } from '../../../src/config/config.js';
import { loadConfig } from '../../../src/config/load.js';
import { ConfigInvalid, type ConfigProblem } from '../../../src/config/problems.js';
import { redact } from '../../../src/telemetry/redaction.js';
import { parseRedisUrl } from '../../../src/redis/url.js';
import { makeTestCertificates, type TestCertificates } from '../../support/certificates.js';

const TLS_URL = 'rediss://redis.example.com:6379';
const SENTINEL_URL = 'rediss+sentinel://s1.example.com:26379/main';

describe('the settings of Redis', () => {
  let files: Record<string, string>;
  let one: TestCertificates;
  before(async () => {
    one = await makeTestCertificates('DNS:localhost');
    const other = await makeTestCertificates('DNS:localhost');
    files = {
      '/srv/ca.crt': one.ca,
      '/srv/client.crt': one.cert,
      '/srv/client.key': one.key,
      '/srv/other.key': other.key,
      '/srv/text': 'no certificate',
      '/srv/pw': 'from-a-file\n',
      '/srv/empty': '',
    };
  });

  function load(redis: object, env: Record<string, string> = {}): Config {
    const yaml = JSON.stringify({ redis });
    const read = (path: string) => (path === '/srv/countersign.yaml' ? yaml : files[path]);
    return loadConfig(env, read, {}, { cwd: '/srv' });
  }

  function problems(redis: object, env: Record<string, string> = {}): readonly ConfigProblem[] {
    try {
      load(redis, env);
      return [];
    } catch (error) {
      if (error instanceof ConfigInvalid) return error.problems;
      throw error;
    }
  }

  const places = (redis: object, env: Record<string, string> = {}): string[] =>
    problems(redis, env).map(({ where }) => where);

  it('takes passwords from the environment and from files, and shows none', () => {
    const { redis } = load(
      { url: SENTINEL_URL, username: 'cs', password_file: 'pw', sentinel: { username: 'watch' } },
      { COUNTERSIGN_REDIS_SENTINEL_PASSWORD: 'from-the-environment' },
    );
    expect(redis.login).to.deep.equal({ username: 'cs', password: 'from-a-file' });
    expect(redis.sentinelLogin).to.deep.equal({
      username: 'watch',
      password: 'from-the-environment',
    });
    const shown = JSON.stringify(redact(redis));
    expect(shown).not.to.contain('from-a-file').and.not.contain('from-the-environment');
  });

  it('masks the passwords of a Sentinel URL wherever it is shown', () => {
    const url = 'rediss+sentinel://u:first@s1/main?sentinel_username=w&sentinel_password=second';
    const { redis } = load({ url });
    const shown = JSON.stringify(redact({ redis, text: `cannot use ${url}` }));
    expect(shown).not.to.contain('first').and.not.contain('second');
  });

  it('takes certificates from files, and masks the private key', () => {
    const tls = { ca_file: 'ca.crt', cert_file: 'client.crt', key_file: 'client.key' };
    const { redis } = load({ url: TLS_URL, tls: { ...tls, server_name: 'redis.internal' } });
    expect(redis.tls.ca).to.equal(one.ca.trim());
    expect(redis.tls.serverName).to.equal('redis.internal');
    const [, line = 'none'] = one.key.split('\n');
    expect(JSON.stringify(redis)).to.contain(line);
    expect(JSON.stringify(redact(redis))).not.to.contain(line);
  });

  it('has no setting that turns the check of certificates off', () => {
    for (const key of ['insecure', 'verify', 'reject_unauthorized', 'skip_verify'])
      expect(places({ url: TLS_URL, tls: { [key]: false } })).to.deep.equal([`/redis/tls/${key}`]);
  });

  it('refuses a password in the file itself', () => {
    expect(places({ url: TLS_URL, password: 'x' })).to.deep.equal(['/redis/password']);
    expect(places({ url: SENTINEL_URL, sentinel: { password: 'x' } })).to.deep.equal([
      '/redis/sentinel/password',
    ]);
  });

  const PASSWORD = { COUNTERSIGN_REDIS_PASSWORD: 'x' };
  const refused: readonly (readonly [
    string,
    object,
    readonly string[],
    Record<string, string>?,
  ])[] = [
    [
      'no certificate in the file',
      { url: TLS_URL, tls: { ca_file: 'text' } },
      ['/redis/tls/ca_file'],
    ],
    ['no file', { url: TLS_URL, tls: { ca_file: 'gone' } }, ['/redis/tls/ca_file']],
    [
      'a certificate without a key',
      { url: TLS_URL, tls: { cert_file: 'client.crt' } },
      ['/redis/tls'],
    ],
    [
      'the key of another certificate',
      { url: TLS_URL, tls: { cert_file: 'client.crt', key_file: 'other.key' } },
      ['/redis/tls/key_file'],
    ],
    [
      'TLS settings for clear text',
      { url: 'redis://127.0.0.1', tls: { ca_file: 'ca.crt' } },
      ['/redis/tls'],
    ],
    ['a server name for no URL', { tls: { server_name: 'a' } }, ['/redis/tls']],
    [
      'a server name that is none',
      { url: TLS_URL, tls: { server_name: 'a b' } },
      ['/redis/tls/server_name'],
    ],
    [
      'Sentinel settings for one server',
      { url: TLS_URL, sentinel: { password_file: 'pw' } },
      ['/redis/sentinel'],
    ],
    ['an empty password file', { url: TLS_URL, password_file: 'empty' }, ['/redis/password_file']],
    [
      'two places for a password',
      { url: TLS_URL, password_file: 'pw' },
      ['/redis/password_file'],
      PASSWORD,
    ],
    ['a password and one in the URL', { url: 'rediss://u:p@h' }, ['/redis/url'], PASSWORD],
    ['a password and no URL', {}, ['/redis/url'], PASSWORD],
    ['a user without a password', { url: TLS_URL, username: 'cs' }, ['/redis/username']],
    ['a login without a colon', { url: 'rediss://secret@h' }, ['/redis/url']],
    ['two servers', { url: 'rediss://a,b' }, ['/redis/url']],
    ['a Sentinel URL without a name', { url: 'rediss+sentinel://a' }, ['/redis/url']],
    ['a Cluster with a database', { url: 'rediss+cluster://a/3' }, ['/redis/url']],
    ['a port that is none', { url: 'rediss://a:65536' }, ['/redis/url']],
    ['a parameter nobody knows', { url: `${SENTINEL_URL}?tls=off` }, ['/redis/url']],
  ];
  for (const [what, redis, where, env] of refused) {
    it(`refuses ${what}, and says no password`, () => {
      const found = problems(redis, env);
      expect(found.map((problem) => problem.where)).to.deep.equal(where);
      expect(JSON.stringify(found)).not.to.contain('secret');
    });
  }

  it('in production no URL reaches a host in the clear that is not loopback, whatever it is made of', () => {
    const piece = fc.constantFrom(
      ...[
        '127.0.0.1',
        'localhost',
        '[::1]',
        '127.0.0.1@',
        'u:p@',
        '@',
        ',',
        '/',
        ':6379',
        ':',
        '#',
        '?',
      ],
      ...[
        '10.0.0.1',
        'evil.example',
        'localhost.evil.example',
        '[::ffff:10.0.0.1]',
        '%40',
        '127.1',
        '0',
      ],
    );
    const scheme = fc.constantFrom('redis', 'redis+sentinel', 'redis+cluster');
    fc.assert(
      fc.property(scheme, fc.array(piece, { minLength: 1, maxLength: 6 }), (name, pieces) => {
        const url = `${name}://${pieces.join('')}`;
        const env = { COUNTERSIGN_PROFILE: 'production', COUNTERSIGN_REDIS_URL: url };
        const found = problemsOf(env).filter(({ where }) => where === 'COUNTERSIGN_REDIS_URL');
        // What is not refused must be what the connection's own parser reads as loopback alone.
        if (found.length > 0) return;
        const { hosts } = parseRedisUrl(url);
        expect(hosts.length).to.be.greaterThan(0);
        for (const { host } of hosts) expect(isLoopback(host), `${url} → ${host}`).to.equal(true);
      }),
      { numRuns: 2000 },
    );
  });
});

function problemsOf(env: Record<string, string>): readonly ConfigProblem[] {
  try {
    loadConfig(env, () => undefined);
    return [];
  } catch (error) {
    if (error instanceof ConfigInvalid) return error.problems;
    throw error;
  }
}
