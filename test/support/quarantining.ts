import { Redis } from 'ioredis';
import type { EditScript } from './edited-scripts.js';
import type { Answer } from './http.js';
import { until } from './episode.js';
import { startRedis, type TestRedis } from './redis.js';
import { LOAD_AGENT, startService, type TestService, type TestServiceOptions } from './service.js';
import { bundleFile } from './two-services.js';

/** Grants what is asked; who asks for `export_all` is quarantined. Every model's score would do as the cause. */
const QUARANTINES = `
decision := {
	"effect": "deny",
	"reasons": [{"rule": "test.trap", "code": "denied", "message": "No."}],
	"obligations": [{"id": "test.trap", "type": "quarantine", "properties": {"reason": "trap"}}],
} if {
	"export_all" in input.request.scopes
} else := {
	"effect": "allow",
	"grant": {"scopes": input.request.scopes, "ttl_seconds": input.request.ttl_seconds},
	"reasons": [], "obligations": [],
}
`;

/** Two services on one store, under a policy that quarantines an agent that asks for `export_all`. */
export class Quarantining {
  private constructor(
    readonly redis: TestRedis,
    readonly client: Redis,
    readonly nodes: readonly [TestService, TestService],
    readonly credential: readonly [string, string],
  ) {}

  static async start(
    editScript?: EditScript,
    more: Pick<TestServiceOptions, 'webhooks' | 'env'> = {},
  ): Promise<Quarantining> {
    const redis = await startRedis();
    const options = {
      ...more,
      redisUrl: redis.url,
      agents: [LOAD_AGENT],
      overrides: {
        'policy.path': bundleFile(QUARANTINES, 'quarantines', 1),
        // It grants whatever is asked.
        'policy.admission.violations': 'warn',
      },
      ...(editScript === undefined ? {} : { editScript }),
    } as const;
    const first = await startService({ ...options, worker: true });
    const second = await startService({ ...options, dataDir: first.dataDir });
    const client = new Redis({ path: redis.socket });
    return new Quarantining(redis, client, [first, second], second.agent);
  }

  async close(): Promise<void> {
    this.client.disconnect();
    await this.nodes[1].close();
    await this.nodes[0].close();
    await this.redis.stop();
  }

  ask(scope: string, node: 0 | 1 = 0, more: object = {}): Promise<Answer> {
    const json = { resource: 'stripe', scope, ttl: 300, ...more };
    return this.nodes[node].http.send('POST', '/token', { basic: this.credential, json });
  }

  admin(method: string, path: string, json?: unknown): Promise<Answer> {
    const { http } = this.nodes[0];
    return http.admin(method, `/admin/v1${path}`, json === undefined ? {} : { json });
  }

  /** What each node answers for each token. */
  async introspected(tokens: readonly string[]): Promise<string[]> {
    const asks = this.nodes.flatMap(({ http, resourceServer: basic }) =>
      tokens.map((token) => http.send('POST', '/introspect', { basic, form: { token } })),
    );
    return (await Promise.all(asks)).map(({ text }) => text);
  }

  /** Events of the agent's status, oldest first, once the record is complete. */
  async statusEvents(): Promise<Record<string, unknown>[]> {
    let items: Record<string, unknown>[] = [];
    await until('the record is complete', async () => {
      const page = await this.admin('GET', '/audit?type=agent.status_changed&order=asc');
      items = page.json()['items'] as Record<string, unknown>[];
      return page.json()['complete'] === true;
    });
    return items;
  }
}

/** The token of a 200. */
export function grantedToken(answer: Answer): string {
  if (answer.status !== 200) throw new Error(`${String(answer.status)} ${answer.text}`);
  return String(answer.json()['access_token']);
}
