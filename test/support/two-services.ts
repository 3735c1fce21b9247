import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import type { AgentSpec } from '../../src/domain/records.js';
import type { PolicyStore } from '../../src/domain/policy-lifecycle.js';
import { createKeys } from '../../src/redis/keys.js';
import { readScripts, ScriptRunner } from '../../src/redis/scripts.js';
import { createPolicyStore } from '../../src/redis/stores/policy-store.js';
import { buildBundle } from './bundles/build.js';
import { GRANT_WHAT_IS_ASKED } from './bundles/policies.js';
import { until } from './episode.js';
import type { Answer } from './http.js';
import { startRedis, type TestRedis } from './redis.js';
import { startService, type TestService } from './service.js';

export const DENY_ALL = `
decision := {
	"effect": "deny", "obligations": [],
	"reasons": [{"rule": "test.deny", "code": "denied", "message": "Nothing is granted."}],
}`;

/** A bundle of this sequence, and its tar.gz. */
export function bundleFile(rego: string, revision: string, sequence: number): string {
  const metadata = { 'countersign.opa_version': '1.22.2', 'countersign.sequence': sequence };
  return buildBundle({ rego, revision, metadata });
}

/** Two services on one store, the first with the worker, and what an author and an agent do with them. */
export class TwoServices {
  private constructor(
    readonly redis: TestRedis,
    readonly services: readonly [TestService, TestService],
    readonly client: Redis,
    readonly store: PolicyStore,
    private readonly agents: readonly AgentSpec[],
    /** Credential of the demo agent; every start creates a new one. */
    private credential: readonly [string, string],
  ) {}

  static async start(agents: readonly AgentSpec[]): Promise<TwoServices> {
    const redis = await startRedis();
    const options = { redisUrl: redis.url, agents, overrides: OVERRIDES };
    const first = await startService({ ...options, worker: true });
    const second = await startService({ ...options, dataDir: first.dataDir });
    const client = new Redis({ path: redis.socket });
    const runner = new ScriptRunner(client, readScripts());
    const store = createPolicyStore({ runner, keys: createKeys('cs'), shards: 64 });
    return new TwoServices(redis, [first, second], client, store, agents, second.agent);
  }

  async close(): Promise<void> {
    this.client.disconnect();
    await this.services[1].close();
    await this.services[0].close();
    await this.redis.stop();
  }

  /** A third service on this store, as another release of the process would start. */
  async third(): Promise<TestService> {
    const { dataDir } = this.services[0];
    const { agents } = this;
    const options = { redisUrl: this.redis.url, agents, dataDir, overrides: OVERRIDES };
    const started = await startService(options);
    this.credential = started.agent;
    return started;
  }

  async push(rego: string, revision: string, sequence: number): Promise<string> {
    const answer = await this.services[0].http.admin('POST', '/admin/v1/policy/bundles', {
      body: readFileSync(bundleFile(rego, revision, sequence)),
      headers: { 'content-type': 'application/gzip' },
    });
    expect(answer.status, answer.text).to.equal(201);
    return String(answer.json()['digest']);
  }

  post(path: string, json: unknown = {}): Promise<Answer> {
    return this.services[0].http.admin('POST', `/admin/v1/policy/${path}`, { json });
  }

  end(role: 'shadow' | 'canary'): Promise<Answer> {
    return this.services[0].http.admin('DELETE', `/admin/v1/policy/${role}`);
  }

  async overview(): Promise<Record<string, unknown>> {
    return (await this.services[1].http.admin('GET', '/admin/v1/policy')).json();
  }

  ask(service: TestService, basic: readonly [string, string] = this.credential): Promise<Answer> {
    const json = { resource: 'stripe', scope: 'read_invoices', ttl: 60 };
    return service.http.send('POST', '/token', { basic, json });
  }

  /** Which revision each service decides by. */
  deciding(): Promise<unknown[]> {
    return Promise.all(this.services.map(async (service) => revisionOf(await this.ask(service))));
  }

  async events(type: string): Promise<Record<string, unknown>[]> {
    let items: Record<string, unknown>[] = [];
    await until('the record is complete', async () => {
      const path = `/admin/v1/audit?type=${type}`;
      const page = (await this.services[0].http.admin('GET', path)).json();
      items = page['items'] as Record<string, unknown>[];
      return page['complete'] === true;
    });
    return items;
  }
}

const OVERRIDES = {
  'policy.path': bundleFile(GRANT_WHAT_IS_ASKED, 'first', 1),
  'policy.canary.min_decisions': 20,
  // The bundles here grant whatever is asked.
  'policy.admission.violations': 'warn',
} as const;

/** The revision in a token; else what was answered. */
export function revisionOf(answer: Answer): unknown {
  if (answer.status !== 200) return `${String(answer.status)} ${answer.text}`;
  const payload = String(answer.json()['access_token']).split('.')[1] ?? '';
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return (claims as Record<string, unknown>)['policy_revision'];
}
