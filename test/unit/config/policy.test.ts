import { expect } from 'chai';
import { stringify } from 'yaml';
import { bundleSourceFor } from '../../../src/app/policy/source.js';
import { verificationFor } from '../../../src/app/policy/verification.js';
import { loadConfig } from '../../../src/config/load.js';
import { ConfigInvalid } from '../../../src/config/problems.js';
import type { Config } from '../../../src/config/config.js';
import { redact } from '../../../src/telemetry/redaction.js';
import { signingKey } from '../../support/bundles/signing.js';

const { public: pem } = signingKey('ES256');
const SECRET = 'a secret of more than 32 bytes, with a line break at its end\n';
const FILES: Readonly<Record<string, string>> = {
  '/srv/release.pem': pem,
  '/srv/hmac': SECRET,
  '/srv/token': 'bearer-me\n',
  '/srv/empty': '',
};
const KEY = { id: 'release', alg: 'ES256', key_file: 'release.pem' };
const REQUIRED = { path: 'bundle', signatures: 'required', verification: { keys: [KEY] } };
const URL = 'https://bundles.example.com/b.tar.gz';

function load(policy: object, env: Record<string, string> = {}, profile = 'local'): Config {
  const yaml = stringify({ profile, policy });
  return loadConfig(
    env,
    (path) => (path === '/srv/countersign.yaml' ? yaml : FILES[path]),
    {},
    { cwd: '/srv' },
  );
}

/** Where problems are, of the policy's settings only. */
function problems(policy: object, env: Record<string, string> = {}, profile = 'local'): string[] {
  try {
    load(policy, env, profile);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    const about = error.problems.filter(
      ({ where }) => !/^(COUNTERSIGN_|\/(redis|issuer))/.test(where),
    );
    return about.map(({ where }) => where);
  }
}

describe('the settings of bundles', () => {
  it('reads keys from files and the environment; an HMAC secret byte for byte', () => {
    const keys = [
      KEY,
      { id: 'ci', alg: 'HS256', key_file: 'hmac', scope: 'write' },
      { id: 'env', alg: 'HS256', key_env: 'SECRET' },
    ];
    const { policy } = load(
      { ...REQUIRED, verification: { keys, key_id: 'ci' } },
      { SECRET: SECRET.trim() },
    );
    expect(policy.verification.keys.map(({ secret }) => secret)).to.deep.equal([
      pem,
      SECRET,
      SECRET.trim(),
    ]);
    const verification = verificationFor(policy);
    if (verification === 'off') throw new Error('it is off');
    expect(verification.keyId).to.equal('ci');
    expect(verification.keys.get('ci')).to.include({ alg: 'HS256', scope: 'write' });
    expect(verification.keys.get('release')).to.include({ alg: 'ES256', scope: '' });
  });

  it('is off, with the bundle of the package, when nothing is set', () => {
    const { policy } = load({});
    expect(verificationFor(policy)).to.equal('off');
    expect(policy.server).to.equal(undefined);
    expect(policy.path).to.match(/bundles.countersign$/);
  });

  it('shows no secret', () => {
    const keys = [{ id: 'ci', alg: 'HS256', key_file: 'hmac' }];
    const server = {
      url: URL,
      bearer_token_env: 'TOKEN',
      headers: [{ name: 'X-Key', env: 'KEY' }],
    };
    const { policy } = load(
      { signatures: 'required', verification: { keys }, server },
      { TOKEN: 'tok-1234', KEY: 'val-5678' },
    );
    expect(JSON.stringify(policy)).to.contain('tok-1234').and.contain('val-5678');
    const shown = JSON.stringify(redact(policy));
    for (const secret of ['tok-1234', 'val-5678', 'a secret of'])
      expect(shown).not.to.contain(secret);
  });

  const refused: readonly (readonly [string, object, readonly string[]])[] = [
    ['required without keys', { path: 'b', signatures: 'required' }, ['/policy/signatures']],
    [
      'required with the bundle of the package',
      { ...REQUIRED, path: undefined },
      ['/policy/signatures'],
    ],
    [
      'a key in the file itself',
      { ...REQUIRED, verification: { keys: [{ ...KEY, key: pem }] } },
      ['/policy/verification/keys/0/key'],
    ],
    [
      'a key in two places',
      { ...REQUIRED, verification: { keys: [{ ...KEY, key_env: 'K' }] } },
      ['/policy/verification/keys/0'],
    ],
    [
      'a key in no place',
      { ...REQUIRED, verification: { keys: [{ id: 'k', alg: 'ES256' }] } },
      ['/policy/verification/keys/0'],
    ],
    [
      'a file that is not there',
      { ...REQUIRED, verification: { keys: [{ ...KEY, key_file: 'gone' }] } },
      ['/policy/verification/keys/0/key_file'],
    ],
    [
      'a file with nothing in it',
      { ...REQUIRED, verification: { keys: [{ ...KEY, key_file: 'empty' }] } },
      ['/policy/verification/keys/0/key_file'],
    ],
    [
      'a variable that is not set',
      { ...REQUIRED, verification: { keys: [{ id: 'k', alg: 'HS256', key_env: 'GONE' }] } },
      ['/policy/verification/keys/0/key_env'],
    ],
    [
      'an algorithm that nobody knows',
      { ...REQUIRED, verification: { keys: [{ ...KEY, alg: 'none' }] } },
      ['/policy/verification/keys/0/alg', '/policy/signatures'],
    ],
    [
      'a key of another algorithm',
      { ...REQUIRED, verification: { keys: [{ ...KEY, alg: 'RS256' }] } },
      ['/policy/verification'],
    ],
    [
      'two keys of one name',
      { ...REQUIRED, verification: { keys: [KEY, KEY] } },
      ['/policy/verification'],
    ],
    [
      'a key_id that is none of them',
      { ...REQUIRED, verification: { keys: [KEY], key_id: 'x' } },
      ['/policy/verification'],
    ],
    ['a path and a server', { path: 'b', server: { url: URL } }, ['/policy/server/url']],
    ['a token and no server', { server: { bearer_token_file: 'token' } }, ['/policy/server/url']],
    [
      'credentials in the URL',
      { server: { url: 'https://me:pw@x.example/b' } },
      ['/policy/server/url'],
    ],
    ['another scheme', { server: { url: 'ftp://x.example/b' } }, ['/policy/server/url']],
    [
      'two tokens',
      { server: { url: URL, bearer_token_file: 'token', bearer_token_env: 'T' } },
      ['/policy/server'],
    ],
    [
      'a token file with nothing in it',
      { server: { url: URL, bearer_token_file: 'empty' } },
      ['/policy/server/bearer_token_file'],
    ],
    [
      'a header whose value is not set',
      { server: { url: URL, headers: [{ name: 'X', env: 'GONE' }] } },
      ['/policy/server/headers/0/env'],
    ],
    [
      'a header of two lines',
      { server: { url: URL, headers: [{ name: 'X', env: 'LINES' }] } },
      ['LINES'],
    ],
    [
      'a header that is the request’s own',
      { server: { url: URL, headers: [{ name: 'If-None-Match', env: 'T' }] } },
      ['/policy/server/headers/0/name'],
    ],
    [
      'a longest pause below the shortest',
      { server: { url: URL, polling: { min_delay_seconds: 9, max_delay_seconds: 8 } } },
      ['/policy/server/polling/max_delay_seconds'],
    ],
  ];
  for (const [what, policy, where] of refused) {
    it(`refuses ${what}`, () => {
      expect(problems(policy, { T: 't', LINES: 'a\nb' })).to.deep.equal(where);
    });
  }

  it('the variables it names are known', () => {
    const { warnings } = load(
      { server: { url: URL, bearer_token_env: 'COUNTERSIGN_MY_TOKEN' } },
      { COUNTERSIGN_MY_TOKEN: 'x' },
    );
    expect(warnings.join()).not.to.contain('COUNTERSIGN_MY_TOKEN');
  });

  it('production wants https from a server, and says that nothing is verified', () => {
    const plain = { server: { url: 'http://bundles.example.com/b' } };
    const signed = { signatures: 'required', verification: { keys: [KEY] } };
    expect(problems({ ...signed, ...plain }, {}, 'production')).to.deep.equal([
      '/policy/server/url',
    ]);
    const loopback = { ...signed, server: { url: 'http://127.0.0.1:8/b' } };
    expect(problems(loopback, {}, 'production')).to.deep.equal([]);
    expect(problems(plain)).to.deep.equal([]);
    expect(load({ path: 'b', verification: { keys: [KEY] } }).warnings.join()).to.contain(
      'nothing is verified',
    );
    expect(load(REQUIRED).warnings.join()).not.to.contain('policy');
  });

  it('a server becomes the source, and a path does when there is none', async () => {
    const server = {
      url: `${URL}?q=1`,
      bearer_token_file: 'token',
      polling: { long_polling_timeout_seconds: 30 },
    };
    const fromServer = load({ server });
    expect(fromServer.policy.server?.bearerToken).to.deep.equal({ file: '/srv/token' });
    const source = bundleSourceFor(fromServer);
    expect(source.status()).to.deep.equal({ origin: URL });
    await source.close();
    expect(bundleSourceFor(load({ path: 'bundle' })).status()).to.deep.equal({
      origin: '/srv/bundle',
    });
  });
});
