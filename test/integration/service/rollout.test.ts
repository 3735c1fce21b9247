import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { createKeys } from '../../../src/redis/keys.js';
import { readScripts, ScriptRunner } from '../../../src/redis/scripts.js';
import { createPolicyStore } from '../../../src/redis/stores/policy-store.js';
import type { PolicyStore } from '../../../src/domain/policy-lifecycle.js';
import { buildBundle } from '../../support/bundles/build.js';
import { GRANT_WHAT_IS_ASKED } from '../../support/bundles/policies.js';
import { until } from '../../support/episode.js';
import type { Answer } from '../../support/http.js';
import { startRedis, type TestRedis } from '../../support/redis.js';
import { LOAD_AGENT, startService, type TestService } from '../../support/service.js';

const DENY_ALL = `
decision := {
	"effect": "deny", "obligations": [],
	"reasons": [{"rule": "test.deny", "code": "denied", "message": "Nothing is granted."}],
}`;
/** Two values of one complete rule, for every agent but the probe of the admission. */
const THROWS = `
decision := allowed(input.request.scopes[0])
allowed(scope) := {
	"effect": "allow",
	"grant": {"scopes": [scope], "ttl_seconds": input.request.ttl_seconds},
	"reasons": [], "obligations": [],
}
allowed(scope) := {"effect": "deny", "reasons": [], "obligations": []} if scope == "read_invoices"`;

describe('a bundle on its way through two services', function () {
  this.timeout(120_000);
  let redis: TestRedis;
  let services: TestService[];
  let client: Redis;
  let store: PolicyStore;
  /** Of the demo agent; every start makes it anew. */
  let credential: readonly [string, string];
  const agents = [
    LOAD_AGENT,
    ...Array.from({ length: 40 }, (_, i) => ({
      ...structuredClone(LOAD_AGENT),
      id: `agent-${String(i)}`,
    })),
  ];
  before(async () => {
    redis = await startRedis();
    const overrides = {
      'policy.path': bundleFile(GRANT_WHAT_IS_ASKED, 'first', 1),
      'policy.canary.min_decisions': 20,
      'policy.admission.violations': 'warn',
    };
    const first = await startService({ redisUrl: redis.url, agents, overrides, worker: true });
    const dataDir = first.dataDir;
    services = [first, await startService({ redisUrl: redis.url, agents, overrides, dataDir })];
    credential = services[1]!.agent;
    client = new Redis({ path: redis.socket });
    const keys = createKeys('cs');
    store = createPolicyStore({
      runner: new ScriptRunner(client, readScripts()),
      keys,
      shards: 64,
    });
  });
  after(async () => {
    client.disconnect();
    for (const service of [...services].reverse()) await service.close();
    await redis.stop();
  });

  function bundleFile(rego: string, revision: string, sequence: number): string {
    const metadata = {
      'countersign.opa_version': '1.22.2',
      'countersign.sequence': sequence,
    };
    return buildBundle({ rego, revision, metadata });
  }

  async function push(rego: string, revision: string, sequence: number): Promise<string> {
    const body = readFileSync(bundleFile(rego, revision, sequence));
    const answer = await services[0]!.http.admin('POST', '/admin/v1/policy/bundles', {
      body,
      headers: { 'content-type': 'application/gzip' },
    });
    expect(answer.status, answer.text).to.equal(201);
    return String(answer.json()['digest']);
  }

  const post = (path: string, json: unknown = {}): Promise<Answer> =>
    services[0]!.http.admin('POST', `/admin/v1/policy/${path}`, { json });
  const overview = async (): Promise<Record<string, unknown>> =>
    (await services[1]!.http.admin('GET', '/admin/v1/policy')).json();

  function ask(service: TestService, scope = 'read_invoices'): Promise<Answer> {
    return service.http.send('POST', '/token', {
      basic: credential,
      json: { resource: 'stripe', scope, ttl: 60 },
    });
  }

  async function deciding(): Promise<unknown[]> {
    return Promise.all(services.map(async (service) => revisionOf(await ask(service))));
  }

  async function events(type: string): Promise<Record<string, unknown>[]> {
    let items: Record<string, unknown>[] = [];
    await until('the record is complete', async () => {
      const page = (await services[0]!.http.admin('GET', `/admin/v1/audit?type=${type}`)).json();
      items = page['items'] as Record<string, unknown>[];
      return page['complete'] === true;
    });
    return items;
  }

  it('is kept by its digest, once, and decides nothing before it is activated', async () => {
    const digest = await push(GRANT_WHAT_IS_ASKED, 'second', 2);
    expect(await push(GRANT_WHAT_IS_ASKED, 'second', 2)).to.equal(digest);
    expect(await events('policy.pushed')).to.have.length(1);
    expect(await deciding()).to.deep.equal(['first', 'first']);
  });

  it('decides on every node once it is activated, and the record names who and when', async () => {
    const answer = await post('bundles/second/activate', { reason: 'release 2' });
    expect(answer.status, answer.text).to.equal(200);
    expect(await deciding()).to.deep.equal(['second', 'second']);
    const [event] = await events('policy.activated');
    expect(event).to.deep.include({ policy_revision: 'second' });
    expect(event?.['detail']).to.deep.include({ replaced: 'first', reason: 'release 2', nodes: 2 });
  });

  it('is rolled back within a second, on the record, and older bundles are no release', async () => {
    const began = performance.now();
    const answer = await post('rollback', { reason: 'too generous' });
    expect(answer.status, answer.text).to.equal(200);
    expect(await deciding()).to.deep.equal(['first', 'first']);
    expect(performance.now() - began).to.be.lessThan(1000);
    const [event] = await events('policy.rolled_back');
    expect(event?.['detail']).to.deep.include({ reason: 'too generous', replaced: 'second' });
    await push(GRANT_WHAT_IS_ASKED, 'older', 1);
    const refused = await post('bundles/older/activate');
    expect(refused.status).to.equal(409);
    expect(refused.text).to.contain('downgrade');
    expect((await post('rollback', { to: 'second', reason: 'fixed' })).status).to.equal(200);
    expect(await deciding()).to.deep.equal(['second', 'second']);
  });

  it('is not taken from a source that an older process starts with', async () => {
    const started = await startService({
      redisUrl: redis.url,
      agents,
      dataDir: services[0]!.dataDir,
      overrides: {
        'policy.path': bundleFile(GRANT_WHAT_IS_ASKED, 'first', 1),
        'policy.admission.violations': 'warn',
      },
    });
    credential = started.agent;
    const revision = revisionOf(await ask(started));
    await started.close();
    expect(revision).to.equal('second');
    expect(await deciding()).to.deep.equal(['second', 'second']);
  });

  it('that one node cannot make ready decides nowhere', async () => {
    const digest = await push(GRANT_WHAT_IS_ASKED, 'third', 3);
    const ghost = { node: 'node_ghost', ready: [], generation: 1, trials: [] };
    await store.beat({ ...ghost, refused: { [digest]: 'no room' } });
    const answer = await post('bundles/third/activate');
    expect(answer.status).to.equal(409);
    expect(answer.text).to.contain('node_ghost: no room');
    expect(await deciding()).to.deep.equal(['second', 'second']);
    expect(await overview()).not.to.have.property('candidate');
    expect(await events('policy.candidate_dropped')).to.have.length(1);
    await store.leave('node_ghost');
  });

  it('does not wait for a node that fell silent', async () => {
    await store.beat({ node: 'node_gone', ready: [], generation: 1, trials: [], refused: {} });
    const answer = await post('bundles/third/activate');
    expect(answer.status, answer.text).to.equal(200);
    expect(await deciding()).to.deep.equal(['third', 'third']);
    await store.leave('node_gone');
  });

  it('on trial as a shadow sees every request, decides none, and is counted', async () => {
    await push(DENY_ALL, 'strict', 4);
    expect((await post('bundles/strict/shadow')).status).to.equal(200);
    for (let i = 0; i < 10; i++) expect(await deciding()).to.deep.equal(['third', 'third']);
    await until('both nodes told what they counted', async () => {
      const counts = trials(await overview(), 'shadow');
      return counts.decisions === 20 && counts.denials === 20 && counts.changes === 20;
    });
    expect((await services[0]!.http.admin('DELETE', '/admin/v1/policy/shadow')).status).to.equal(
      200,
    );
  });

  it('on trial as a canary decides for the same agents on every node', async () => {
    await push(GRANT_WHAT_IS_ASKED, 'canary', 4);
    expect((await post('bundles/canary/canary', { percent: 30 })).status).to.equal(200);
    const others = agents.slice(1);
    const secrets = await Promise.all(others.map(({ id }) => secretOf(id)));
    const asked = (service: TestService): Promise<unknown[]> =>
      Promise.all(
        others.map(async ({ id }, i) =>
          revisionOf(
            await service.http.send('POST', '/token', {
              basic: [id, secrets[i] ?? ''],
              json: { resource: 'stripe', scope: 'read_invoices', ttl: 60 },
            }),
          ),
        ),
      );
    const [one, other, again] = [
      await asked(services[0]!),
      await asked(services[1]!),
      await asked(services[0]!),
    ];
    expect(one).to.deep.equal(other).and.to.deep.equal(again);
    const share = one.filter((revision) => revision === 'canary').length;
    expect(share).to.be.within(4, 22);
    expect(new Set(one)).to.deep.equal(new Set(['third', 'canary']));
    expect((await services[0]!.http.admin('DELETE', '/admin/v1/policy/canary')).status).to.equal(
      200,
    );
  });

  for (const [why, rego, revision] of [
    ['denial_rate', DENY_ALL, 'strict'],
    ['error_rate', THROWS, 'throws'],
  ] as const)
    it(`as a canary that leaves its band is taken back by itself: ${why}`, async () => {
      await push(rego, revision, 4);
      expect((await post(`bundles/${revision}/canary`, { percent: 99 })).status).to.equal(200);
      await until('the canary was taken back', async () => {
        const answers = await Promise.all(services.map((service) => ask(service)));
        for (const { status } of answers) expect(status).to.be.oneOf([200, 403]);
        return !('canary' in (await overview()));
      });
      expect(await deciding()).to.deep.equal(['third', 'third']);
      const [event] = await events('policy.canary_ended');
      expect(event?.['detail']).to.deep.include({ why, percent: 99 });
      expect(event?.['detail']).to.have.nested.property('counts.decisions').that.is.at.least(20);
      expect(event).to.have.nested.property('principal.id', 'policy-guard');
    });

  it('that a node does not have makes that node refuse, and the others too, until it is there', async () => {
    const digest = await push(GRANT_WHAT_IS_ASKED, 'fifth', 5);
    const archive = (await store.archive(digest))!;
    await client.del(createKeys('cs').policyArchive(digest.slice('sha256:'.length)));
    const document = (await store.document())!;
    const active = { ...document.active, digest, revision: 'fifth' };
    const moved = { version: document.version + 1, generation: document.generation + 1 };
    expect(await store.replace(document.version, { ...document, active, ...moved }, [])).to.equal(
      true,
    );
    for (const service of services) {
      const refused = await ask(service);
      expect(refused.status).to.equal(503);
      expect((await service.http.admin('GET', '/readyz')).status).to.equal(503);
    }
    await client.set(
      createKeys('cs').policyArchive(digest.slice('sha256:'.length)),
      Buffer.from(archive),
    );
    await until('the nodes caught up', async () => (await ask(services[0]!)).status === 200);
    expect(await deciding()).to.deep.equal(['fifth', 'fifth']);
  });

  it('that would grant what was denied is blocked, until as many new grants are allowed', async () => {
    await push(DENY_ALL, 'denies', 6);
    const narrower = await post('bundles/denies/activate');
    expect(narrower.status, narrower.text).to.equal(200);
    for (const service of services) expect((await ask(service)).status).to.equal(403);
    await push(GRANT_WHAT_IS_ASKED, 'grants', 7);
    const blocked = await post('bundles/grants/activate');
    expect(blocked.status).to.equal(409);
    expect(blocked.text).to.contain('would turn from deny to allow');
    expect((await ask(services[1]!)).status, 'the old one goes on').to.equal(403);
    const meant = await post('bundles/grants/activate', { allow_new_grants: 1000 });
    expect(meant.status, meant.text).to.equal(200);
    expect(await deciding()).to.deep.equal(['grants', 'grants']);
    expect(await events('policy.replayed')).not.to.have.length(0);
  });

  async function secretOf(id: string): Promise<string> {
    const answer = await services[0]!.http.admin('POST', `/admin/v1/agents/${id}/secrets`);
    expect(answer.status, answer.text).to.equal(201);
    return String(answer.json()['secret']);
  }
});

function revisionOf(answer: Answer): unknown {
  if (answer.status !== 200) return `${String(answer.status)} ${answer.text}`;
  const payload = String(answer.json()['access_token']).split('.')[1] ?? '';
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return (claims as Record<string, unknown>)['policy_revision'];
}

/** What both nodes counted of a trial. */
function trials(
  body: Record<string, unknown>,
  role: string,
): { decisions: number; denials: number; changes: number } {
  const sums = { decisions: 0, denials: 0, changes: 0 };
  for (const node of body['nodes'] as { trials: Record<string, unknown>[] }[]) {
    for (const trial of node.trials.filter((one) => one['role'] === role)) {
      sums.decisions += Number(trial['decisions']);
      sums.denials += Number(trial['denials']);
      const changes = trial['changes'] as Record<string, number>;
      sums.changes += changes['allow_to_deny'] ?? 0;
    }
  }
  return sums;
}
