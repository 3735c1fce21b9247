import { expect } from 'chai';
import { run, type FakeAnswer, type Sent } from './fake-terminal.js';

const ok =
  (body: unknown, status = 200) =>
  (): FakeAnswer => ({ status, body });
const words = (line: string): string[] => line.split(' ');

describe('requests', () => {
  const cases: readonly (readonly [line: string, method: string, path: string, body?: unknown])[] =
    [
      [
        'agent create a --role r --grant s=x,y --max-ttl 60',
        'POST',
        '/agents',
        {
          id: 'a',
          roles: ['r'],
          grants: [{ resource: 's', scopes: ['x', 'y'], max_ttl_seconds: 60 }],
        },
      ],
      [
        'agent quarantine a --reason odd',
        'POST',
        '/agents/a/status',
        { status: 'quarantined', reason: 'odd' },
      ],
      [
        'agent enable a --reason fine',
        'POST',
        '/agents/a/status',
        { status: 'active', reason: 'fine' },
      ],
      ['agent create a --class batch', 'POST', '/agents', { id: 'a', class: 'batch' }],
      [
        'agent release a --reason fine',
        'POST',
        '/agents/a/release',
        { reason: 'fine', signals: 'settled' },
      ],
      [
        'agent release a --reason fine --signals forgotten',
        'POST',
        '/agents/a/release',
        { reason: 'fine', signals: 'forgotten' },
      ],
      ['agent delete a', 'DELETE', '/agents/a'],
      ['agent secret add a', 'POST', '/agents/a/secrets'],
      ['agent secret rm a sec_1', 'DELETE', '/agents/a/secrets/sec_1'],
      ['agent show ../keys', 'GET', '/agents/..%2Fkeys'],
      [
        'resource-server create api --resource s',
        'POST',
        '/resource-servers',
        { id: 'api', resources: ['s'] },
      ],
      ['resource delete s', 'DELETE', '/resources/s'],
      [
        'revoke --by session --value s1 --reason x --deny-until-lifted',
        'POST',
        '/revocations',
        { by: 'session', value: 's1', reason: 'x', deny_until_lifted: true },
      ],
      [
        'revoke --by all --reason x',
        'POST',
        '/revocations',
        { by: 'all', value: '*', reason: 'x' },
      ],
      [
        'revoke --by user --value u --reason x --lift',
        'POST',
        '/revocations/lift',
        { by: 'user', value: 'u', reason: 'x' },
      ],
      ['key rotate', 'POST', '/keys/rotate'],
      ['store reset-clock --reason x', 'POST', '/store/reset-clock', { reason: 'x' }],
      ['key revoke k1 --reason x', 'POST', '/keys/k1/revoke', { reason: 'x' }],
      [
        'policy activate r1 --reason x --allow-new-grants 3',
        'POST',
        '/policy/bundles/r1/activate',
        { reason: 'x', allow_new_grants: 3 },
      ],
      [
        'policy activate r1 --min-coverage 40 --allow-untested',
        'POST',
        '/policy/bundles/r1/activate',
        { min_coverage_percent: 40, allow_untested: true },
      ],
      [
        'policy canary r1 --percent 5 --allow-new-grants 1 --min-coverage 40 --allow-untested',
        'POST',
        '/policy/bundles/r1/canary',
        { percent: 5, allow_new_grants: 1, min_coverage_percent: 40, allow_untested: true },
      ],
      [
        'policy shadow r1 --allow-untested',
        'POST',
        '/policy/bundles/r1/shadow',
        { allow_untested: true },
      ],
      ['policy shadow sha256:ab', 'POST', '/policy/bundles/sha256%3Aab/shadow', {}],
      ['policy canary r1 --percent 5', 'POST', '/policy/bundles/r1/canary', { percent: 5 }],
      ['policy canary --end', 'DELETE', '/policy/canary'],
      ['policy rollback --to r0 --reason x', 'POST', '/policy/rollback', { to: 'r0', reason: 'x' }],
      ['policy reload', 'POST', '/policy/reload'],
      ['deliveries retry d1', 'POST', '/deliveries/d1/retry'],
      [
        'audit --agent a --since 15m --limit 5',
        'GET',
        '/audit?agent=a&limit=5&since=2030-01-31T11%3A45%3A00.000Z&order=desc',
      ],
    ];
  for (const [line, method, path, body] of cases) {
    it(`countersign ${line}`, async () => {
      const { code, sent } = await run(words(line), { answer: ok({ items: [] }) });
      expect(code).to.equal(0);
      expect(sent).to.have.length(1);
      expect(sent[0]).to.include({ method, url: `http://127.0.0.1:9/admin/v1${path}` });
      expect(sent[0]?.headers['authorization']).to.equal('Bearer csa_admin');
      expect(sent[0]?.body === undefined ? undefined : JSON.parse(sent[0].body)).to.deep.equal(
        body,
      );
    });
  }

  it('change an agent under the version that was read, and keep what is not named', async () => {
    const stored = { version: 7, spec: { id: 'a', roles: ['r'], owner: 'ann' } };
    const { sent } = await run(words('agent update a --owner bob'), { answer: ok(stored) });
    expect(sent[1]).to.include({ method: 'PUT' });
    expect(sent[1]?.headers['if-match']).to.equal('"7"');
    expect(JSON.parse(sent[1]?.body ?? '')).to.deep.equal({ id: 'a', roles: ['r'], owner: 'bob' });
  });

  it('create a resource that is not there yet under version 0', async () => {
    const files = { '/srv/r.yaml': 'id: s\nscopes: []' };
    const answer = ({ method }: Sent): FakeAnswer =>
      method === 'GET' ? { status: 404, body: { error: 'not_found' } } : { status: 200, body: {} };
    const { sent, out } = await run(words('resource put -f r.yaml'), { files, answer });
    expect(sent[1]?.headers['if-match']).to.equal('"0"');
    expect(out).to.contain('created');
  });

  it('follow every page with --all, and end when a cursor leads to itself', async () => {
    const pages: Record<string, unknown> = {
      '': { items: [{ event_id: '1' }], next_cursor: 'a', complete: true },
      a: { items: [{ event_id: '2' }], next_cursor: 'b' },
      b: { items: [{ event_id: '3' }], next_cursor: 'b' },
    };
    const answer = ({ url }: Sent): FakeAnswer => ({
      status: 200,
      body: pages[new URL(url).searchParams.get('cursor') ?? ''],
    });
    const { out, sent } = await run(words('audit --all --json'), { answer });
    const { items } = JSON.parse(out) as { items: unknown[] };
    expect(items).to.have.length(3);
    expect(sent).to.have.length(3);
  });

  it('say what is wrong with the audit store', async () => {
    const problem = 'audit store missing: read the runbook';
    const answer = ok({ items: [], complete: false, problem });
    const { err } = await run(['audit'], { answer });
    expect(err).to.equal(`warning: ${problem}\n`);
    const { out } = await run(['audit', '--json'], { answer });
    expect(JSON.parse(out)).to.include({ complete: false, problem });
  });

  it('say that the record is not complete', async () => {
    const { err } = await run(['audit'], { answer: ok({ items: [], complete: false }) });
    expect(err).to.contain('worker');
  });
});
