import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { DEMO_REGISTRY } from '../../../src/config/demo.js';
import { operationCases } from '../../support/admin-operations.js';
import { opaBinary } from '../../support/bundles/opa.js';
import { GRANT_WHAT_IS_ASKED } from '../../support/bundles/policies.js';
import { until } from '../../support/episode.js';
import { HttpClient } from '../../support/http.js';
import { registerAgent } from '../../http/table/table-service.js';
import { startProcess, type CountersignProcess } from '../../support/process.js';
import { bundleFile } from '../../support/two-services.js';
import { useFolder } from '../../support/use-started.js';
import { useRedis } from '../../support/use-store.js';

/** Operations that run `opa` in place of commands of Redis. */
const RUNS_OPA = /^(check|test|build)Policy$/;
const ADMIN_TOKEN = 'an-admin-token-for-tests';
const PAGE = readFileSync(new URL('../../../docs/operate/redis-users.md', import.meta.url), 'utf8');
/** The rules of the page: user, password and the words of the command. */
const RULES = [...PAGE.matchAll(/^redis-cli (ACL SETUSER countersign[^`]*)/gm)].map(
  ([, rule = '']) => {
    const words = rule.split(/[\s\\]+/).filter((word) => word !== '');
    const plain = words.map((word) => word.replace(/^'(.*)'$/, '$1'));
    return { words: plain.slice(1), user: plain[2] ?? '', password: plain[5]?.slice(1) ?? '' };
  },
);

describe('the Redis users of docs/operate/redis-users.md', function () {
  this.timeout(300_000);
  const redis = useRedis();
  const dir = useFolder();
  const running: CountersignProcess[] = [];
  let root: Redis;

  before(async () => {
    root = new Redis({ path: redis.socket });
    for (const { words } of RULES) await root.call('ACL', ...words);
  });
  after(async () => {
    for (const { kill, exited } of running.reverse()) {
      kill('SIGTERM');
      await exited;
    }
    root.disconnect();
  });

  async function start(command: 'serve' | 'worker'): Promise<CountersignProcess> {
    const { user = '', password = '' } = RULES[command === 'serve' ? 0 : 1] ?? {};
    const started = await startProcess({
      command,
      dir,
      adminToken: ADMIN_TOKEN,
      env: { COUNTERSIGN_REDIS_PASSWORD: password, COUNTERSIGN_OPA: opaBinary() },
      config: {
        issuer: 'http://127.0.0.1:8484',
        data_dir: dir,
        redis: { url: redis.url, username: user, command_timeout_ms: 10_000 },
        policy: {
          path: bundleFile(GRANT_WHAT_IS_ASKED, 'first', 1),
          watch: false,
          admission: { inputs: 20, deadline_ms: 60_000, violations: 'warn' },
        },
        request: { deadline_ms: 30_000 },
        registry: DEMO_REGISTRY,
      },
    });
    running.push(started);
    return started;
  }

  const denied = (): Promise<unknown> => root.call('ACL', 'LOG');

  it('are two, and the service and the worker do all their work under them', async () => {
    expect(RULES.map(({ user }) => user)).to.deep.equal(['countersign', 'countersign-jobs']);
    const service = await start('serve');
    await start('worker');
    const http = new HttpClient(service.endpoints);
    const basic = await registerAgent(http, {
      id: 'ruled',
      grants: [{ resource: 'stripe', scopes: ['read_invoices'] }],
    });
    const ask = await http.send('POST', '/token', {
      basic,
      json: { resource: 'stripe', scope: 'read_invoices', ttl: 60 },
    });
    expect(ask.status, ask.text).to.equal(200);
    const revoked = await http.admin('POST', '/admin/v1/revocations', {
      json: { by: 'agent', value: 'ruled', reason: 'test' },
    });
    expect(revoked.status, revoked.text).to.be.within(200, 202);
    // The worker exports the record: each of its jobs has run by then, or has failed.
    await until('the event is in the store', async () => {
      const events = await http.admin('GET', '/admin/v1/audit?type=revocation.applied');
      return events.status === 200 && events.text.includes('ruled');
    });
    const subject = { http, deliveryId: '1', decisionId: String(ask.json()['decision_id']) };
    const made = new Map<string, string>();
    const openapi = (await http.admin('GET', '/openapi.json')).json();
    for (const { operation, call } of operationCases(openapi).cases) {
      if (RUNS_OPA.test(operation)) continue;
      const { status, text } = await call({ ...subject, made });
      expect(status, `${operation}: ${text}`).to.be.below(500);
    }
    await http.close();
    expect(await denied()).to.deep.equal([]);
  });

  for (const [index, { user, password }] of RULES.entries()) {
    it(`${user} can change no server, load no code and read nothing else`, async () => {
      const client = new Redis({ path: redis.socket, username: user, password });
      const others = [
        ['GET', 'other:key'],
        ['SET', 'other:key', '1'],
        ['KEYS', '*'],
        ['FLUSHALL'],
        ['CONFIG', 'SET', 'appendfsync', 'no'],
        ['FUNCTION', 'LOAD', '#!lua name=x\nredis.register_function("x", function() return 1 end)'],
        ['FUNCTION', 'DUMP'],
        ['ACL', 'LIST'],
        ['SHUTDOWN', 'NOSAVE'],
        ['REPLICAOF', '127.0.0.1', '1'],
        ['SCRIPT', 'FLUSH'],
        ['MONITOR'],
        ['PUBLISH', 'a', 'b'],
        ...(index === 0 ? [['GET', '{cs-jobs}:x']] : []),
      ] as const;
      for (const [command, ...args] of others) {
        const error: unknown = await client
          .call(command, ...args)
          .catch((thrown: unknown) => thrown);
        expect(String(error), command).to.match(/NOPERM/);
      }
      client.disconnect();
    });
  }
});
