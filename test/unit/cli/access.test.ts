import { expect } from 'chai';
import { ADMIN_ENV, run, type FakeAnswer } from './fake-terminal.js';

const ok =
  (body: unknown, status = 200) =>
  (): FakeAnswer => ({ status, body });
const words = (line: string): string[] => line.split(' ');

describe('the output', () => {
  it('holds a secret only where one was just made', async () => {
    const secret = 'csk_made';
    const created = { agent: { spec: { id: 'a' } }, secret: { id: 'sec_1', secret } };
    expect((await run(words('agent create a'), { answer: ok(created, 201) })).out).to.contain(
      secret,
    );
    const added = { id: 'sec_2', secret };
    expect((await run(words('agent secret add a'), { answer: ok(added, 201) })).out).to.contain(
      secret,
    );
  });

  it('cannot drive the terminal', async () => {
    const items = [{ type: 'x\u001b[2J\u009b1m', agent_id: 'a\nb', resource: 'r\u202e' }];
    const { out } = await run(['audit'], { answer: ok({ items, complete: true }) });
    expect(out).to.match(/^[^\p{Cc}\p{Cf}]*\n[^\p{Cc}\p{Cf}]*\n$/u);
  });

  it('never shows the secrets of the configuration', async () => {
    const env = {
      COUNTERSIGN_ADMIN_TOKEN: 'secretmarker-admin-token',
      COUNTERSIGN_REDIS_URL: 'redis://u:secretmarker-password@127.0.0.1:6379',
      COUNTERSIGN_KEY_ENCRYPTION_KEY: Buffer.from('secretmarker-0123456789-01234567').toString(
        'base64',
      ),
    };
    for (const more of [[], ['--json']]) {
      const { code, out } = await run(['config', 'show', ...more], { env });
      expect(code).to.equal(0);
      expect(out).to.contain('admin_token_is_set').and.contain('redacted');
      expect(out).not.to.match(/secretmarker|c2VjcmV0bWFya2Vy/);
    }
  });

  it('lists every problem of the configuration', async () => {
    const files = { '/srv/countersign.yaml': 'tokenz: 1\nredis: { shards: 0 }' };
    const { code, out } = await run(['config', 'check'], { env: {}, files });
    expect(code).to.equal(1);
    expect(out).to.contain('did you mean tokens?').and.contain('/redis/shards');
  });
});

describe('the admin token', () => {
  const demo = JSON.stringify({
    public_url: 'http://127.0.0.1:1',
    admin_url: 'http://127.0.0.1:2',
    sidecar_url: '',
    admin_token: 'csa_demo',
    agent: { id: 'demo-agent', client_secret: 'csk_demo' },
    resource_server: { id: 'demo-api', client_secret: 'csr_demo' },
  });

  it('comes from the data folder of this machine', async () => {
    const files = { '/srv/.countersign/admin-token': 'csa_file\n' };
    const { sent } = await run(['key', 'list'], { env: {}, files, answer: ok({ items: [] }) });
    expect(sent[0]?.url).to.equal('http://127.0.0.1:8485/admin/v1/keys');
    expect(sent[0]?.headers['authorization']).to.equal('Bearer csa_file');
  });

  it('found on this machine is not sent to an address from the environment', async () => {
    const files = { '/srv/.countersign/admin-token': 'csa_file' };
    const env = { COUNTERSIGN_ADMIN_URL: 'http://evil.example' };
    const { code, sent } = await run(['key', 'list'], { env, files, answer: ok({ items: [] }) });
    expect(code).to.equal(6);
    expect(sent).to.deep.equal([]);
  });

  it('is warned of when it crosses a network in the clear', async () => {
    const env = { ...ADMIN_ENV, COUNTERSIGN_ADMIN_URL: 'http://10.0.0.5:8485' };
    expect((await run(['key', 'list'], { env, answer: ok({ items: [] }) })).err).to.contain(
      'is sent unencrypted',
    );
  });

  it('and the demo secrets go to the service that wrote them, and nowhere else', async () => {
    const files = { '/srv/.countersign/demo.json': demo };
    const line = words('token issue --resource s --scope x');
    const here = await run(line, { env: {}, files, answer: ok({ access_token: 't' }) });
    expect(here.code).to.equal(0);
    expect(here.sent[0]?.url).to.equal('http://127.0.0.1:1/token');
    for (const COUNTERSIGN_PUBLIC_URL of [
      'http://127.0.0.1:7',
      'http://127.0.0.1:1.evil.example',
    ]) {
      const { code, sent } = await run(line, { env: { COUNTERSIGN_PUBLIC_URL }, files });
      expect(code).to.equal(2);
      expect(sent).to.deep.equal([]);
    }
  });
});

describe('token issue', () => {
  it('asks as the client that is named, with the secret from the environment', async () => {
    const env = { COUNTERSIGN_PUBLIC_URL: 'https://auth.example', S: 'csk_a+b' };
    const line = words(
      'token issue --resource s --scope x --scope y --ttl 60 --task t --client-id ag --client-secret-env S --token-only',
    );
    const { out, sent } = await run(line, { env, answer: ok({ access_token: 'tok' }) });
    expect(out).to.equal('tok\n');
    expect(sent[0]?.url).to.equal('https://auth.example/token');
    const basic = Buffer.from(
      (sent[0]?.headers['authorization'] ?? '').slice(6),
      'base64',
    ).toString();
    expect(basic).to.equal('ag:csk_a%2Bb');
    expect(JSON.parse(sent[0]?.body ?? '')).to.deep.equal({
      resource: 's',
      scope: 'x y',
      ttl: 60,
      task_id: 't',
    });
  });

  it('says why it was denied', async () => {
    const env = {
      COUNTERSIGN_PUBLIC_URL: 'https://auth.example',
      COUNTERSIGN_CLIENT_SECRET: 'csk_a',
    };
    const body = {
      error: 'access_denied',
      detail: 'Denied.',
      decision_id: 'dec_1',
      reasons: [{ rule: 'grants.none', message: 'no grant covers it' }],
    };
    const line = words('token issue --resource s --scope x --client-id ag');
    const { code, err } = await run(line, { env, answer: ok(body, 403) });
    expect(code).to.equal(1);
    expect(err).to.contain('grants.none: no grant covers it').and.contain('dec_1');
  });
});
