import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { createAdminDirectory } from '../../src/app/admin-principals.js';
import { createAdminAuthenticator } from '../../src/identity/admin-authenticator.js';
import { createFailureLimiter } from '../../src/identity/failure-limiter.js';
import { mintSecret } from '../../src/registry/secret.js';
import { useService } from '../support/use-service.js';

const AGENTS = '/admin/v1/agents';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('guessing of admin tokens', () => {
  const expired = mintSecret('admin').secret;
  const living = mintSecret('admin').secret;
  const principals = [
    {
      id: 'former',
      role: 'admin',
      token_sha256: sha256(expired),
      expires_at: '2020-01-01T00:00:00Z',
    },
    { id: 'ann', role: 'admin', token_sha256: sha256(living), expires_at: '2100-01-01T00:00:00Z' },
  ];
  const { service } = useService(() => ({ admin: { principals } }));
  const ask = (adminToken: string) => service.http.admin('GET', AGENTS, { adminToken });

  it('is slowed down by source, and locks no operator out', async () => {
    expect((await ask(expired)).status, 'an expired token is a wrong one').to.equal(401);
    const statuses: number[] = [];
    for (let i = 0; i < 20; i++) statuses.push((await ask(mintSecret('admin').secret)).status);
    expect(statuses[0]).to.equal(401);
    const slowed = await ask(mintSecret('admin').secret);
    expect(slowed.status, statuses.join()).to.equal(429);
    expect(slowed.json()['error']).to.equal('slow_down');
    expect(slowed.headers['retry-after']).to.match(/^[1-9][0-9]*$/);
    expect((await ask(expired)).status, 'also over the budget').to.equal(429);
    expect((await ask(living)).status).to.equal(200);
    expect((await service.http.admin('GET', AGENTS)).status).to.equal(200);
    const missing = await service.http.admin('GET', AGENTS, { adminToken: undefined });
    expect(missing.status, 'no token is no guess').to.equal(401);
  });
});

describe('the budget of failed admin authentications', () => {
  function subject() {
    const time = { ms: Date.parse('2030-01-01T00:00:00Z') };
    const clock = { nowMs: () => time.ms };
    const failed: (readonly [string, string | undefined])[] = [];
    const admin = {
      principals: [
        {
          id: 'ann',
          role: 'operator',
          tokenSha256: sha256('right'),
          expiresAt: '2030-01-01T01:00:00Z',
        },
      ],
      tokenExpiresAt: '2030-01-01T02:00:00Z',
    } as const;
    const authenticate = createAdminAuthenticator({
      find: createAdminDirectory({ admin }, 'root-token', clock),
      failures: createFailureLimiter({ clock }),
      onFailure: (...failure) => failed.push(failure),
    });
    const outcome = (token: string, source = '192.0.2.1') =>
      authenticate(token, source)
        .then((principal) => principal?.id ?? 'unauthorized')
        .catch((error: unknown) => (error as { code: string }).code);
    return { time, failed, outcome };
  }

  it('answers slow_down to failures over it alone, and only to their source', async () => {
    const { time, outcome, failed } = subject();
    const first = [];
    for (let i = 0; i < 10; i++) first.push(await outcome('wrong'));
    expect(new Set(first)).to.deep.equal(new Set(['unauthorized']));
    expect(await outcome('wrong')).to.equal('slow_down');
    expect(await outcome('right')).to.equal('ann');
    expect(await outcome('wrong', '198.51.100.7')).to.equal('unauthorized');
    expect(failed).to.have.length(12);
    time.ms += 120_000;
    expect(await outcome('wrong')).to.equal('unauthorized');
  });

  it('is charged by an expired token too, which is counted under its principal', async () => {
    const { time, outcome, failed } = subject();
    time.ms = Date.parse('2030-01-01T01:00:00Z') - 1;
    expect(await outcome('right')).to.equal('ann');
    time.ms += 1;
    expect(await outcome('right')).to.equal('unauthorized');
    expect(failed.at(-1)).to.deep.equal(['192.0.2.1', 'ann']);
    expect(await outcome('root-token')).to.equal('root');
    time.ms = Date.parse('2030-01-01T02:00:00Z');
    expect(await outcome('root-token')).to.equal('unauthorized');
  });
});
