import { expect } from 'chai';
import { Redis } from 'ioredis';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEMO_REGISTRY } from '../../../src/config/demo.js';
import { mintSecret } from '../../../src/registry/secret.js';
import { until } from '../../support/episode.js';
import { basicOf, HttpClient, type Answer } from '../../support/http.js';
import { startProcess, type CountersignProcess } from '../../support/process.js';
import { LOAD_AGENT } from '../../support/service.js';
import { useFolder } from '../../support/use-started.js';
import { useRedis } from '../../support/use-store.js';
import { Receiver } from '../worker/harness.js';

const WEBHOOK_SECRET = `whsec_${randomBytes(32).toString('base64')}`;

/** Places that may hold no secret, each as its bytes. */
type Places = ReadonlyMap<string, Buffer>;

describe('I5: secrets are nowhere but where they belong', function () {
  this.timeout(120_000);
  const receiver = new Receiver();
  const adminToken = mintSecret('admin').secret;
  const keyEncryptionKey = randomBytes(32);
  const secrets = new Map<string, string>();
  const answers: string[] = [];
  // Uncompressed, so that what is searched is what is stored.
  const redis = useRedis({ args: ['--rdbcompression', 'no', '--aof-use-rdb-preamble', 'no'] });
  const dir = useFolder();
  let service: CountersignProcess;
  let worker: CountersignProcess;
  let http: HttpClient;

  before(async () => {
    const config = {
      redis: { url: redis.url, command_timeout_ms: 2000 },
      data_dir: join(dir, 'data'),
      issuer: 'http://127.0.0.1:8484',
      audit: { jsonl_path: join(dir, 'audit.jsonl'), stdout: true },
      log: { level: 'debug' },
      webhooks: [{ id: 'soc', url: await receiver.listen(), secret_env: 'SOC_SECRET' }],
      registry: { ...DEMO_REGISTRY, agents: [LOAD_AGENT] },
    };
    const env = {
      SOC_SECRET: WEBHOOK_SECRET,
      COUNTERSIGN_KEY_ENCRYPTION_KEY: keyEncryptionKey.toString('base64'),
    };
    service = await startProcess({ command: 'serve', dir, config, env, adminToken });
    worker = await startProcess({ command: 'worker', dir, config, env, adminToken });
    http = new HttpClient(service.endpoints);
    secrets.set('admin token', adminToken);
    secrets.set('webhook secret', WEBHOOK_SECRET.slice('whsec_'.length));
    secrets.set('key-encryption key', keyEncryptionKey.toString('base64'));
    secrets.set('key-encryption key in hex', keyEncryptionKey.toString('hex'));
    secrets.set('key-encryption key as bytes', keyEncryptionKey.toString('latin1'));
  });
  after(async () => {
    await http.close();
    for (const one of [service, worker]) one.kill('SIGKILL');
    await Promise.all([service.exited, worker.exited]);
    receiver.close();
  });

  /** Keeps what was answered, to be searched; not where the answer is the secret itself. */
  async function kept(answer: Promise<Answer>): Promise<Answer> {
    const got = await answer;
    answers.push(JSON.stringify(got.headers), got.text);
    return got;
  }

  async function makeSecret(path: string, name: string): Promise<string> {
    const made = await http.admin('POST', path);
    expect(made.status, made.text).to.equal(201);
    const secret = String(made.json()['secret']);
    secrets.set(name, secret);
    return secret;
  }

  async function issue(agent: readonly [string, string], task: string): Promise<string> {
    const answer = await http.send('POST', '/token', {
      basic: agent,
      json: { resource: 'stripe', scope: 'read_invoices', ttl: 300, task_id: task },
    });
    expect(answer.status, answer.text).to.equal(200);
    const token = String(answer.json()['access_token']);
    secrets.set(`token of ${task}`, token);
    secrets.set(`signature of ${task}`, token.split('.')[2] ?? '');
    return token;
  }

  /** Everything that can be asked, rightly and wrongly, with real secrets in right and wrong places. */
  async function scenario(): Promise<void> {
    const agent = ['demo-agent', await makeSecret(`${AGENT}/secrets`, 'agent secret')] as const;
    const server = ['demo-api', await makeSecret(`${SERVER}/secrets`, 'server secret')] as const;
    secrets.set('Basic of the agent', basicOf(...agent).slice('Basic '.length));
    secrets.set('Basic of the server', basicOf(...server).slice('Basic '.length));
    const [used, revoked, shown] = [
      await issue(agent, 't1'),
      await issue(agent, 't2'),
      await issue(agent, 't3'),
    ];
    const introspect = (basic: readonly [string, string], token: string): Promise<Answer> =>
      kept(http.send('POST', '/introspect', { basic, form: { token } }));
    await introspect(server, used);
    await kept(
      http.admin('POST', REVOKE, { json: { by: 'token', value: revoked, reason: 'leaked' } }),
    );
    await kept(http.send('POST', '/revoke', { basic: agent, form: { token: shown } }));
    await introspect(server, revoked);
    await introspect(agent, used); // an agent may not
    await introspect(['demo-api', agent[1]], used);
    await introspect(server, `${used}x`);
    await introspect(server, agent[1]); // a secret where a token belongs
    const ask = (json: object, basic = agent): Promise<Answer> =>
      kept(http.send('POST', '/token', { basic, json }));
    const good = { resource: 'stripe', scope: 'read_invoices' };
    await ask(good, ['demo-agent', server[1]]);
    await ask({ ...good, scope: agent[1] });
    await ask({ ...good, resource: agent[1] });
    await ask({ ...good, [agent[1]]: agent[1] });
    for (const member of ['session_id', 'task_id', 'user_id', 'reason', 'client_id']) {
      await ask({ ...good, [member]: agent[1] });
      await ask({ ...good, [member]: used });
    }
    await kept(http.send('POST', '/token', { basic: [agent[1], agent[1]], json: good }));
    await kept(
      http.admin('POST', REVOKE, { json: { by: 'task', value: 't9', reason: `it was ${used}` } }),
    );
    await kept(
      http.admin('POST', REVOKE, { json: { by: 'session', value: agent[1], reason: 'pasted' } }),
    );
    await ask({ ...good, ttl: agent[1] });
    await ask({ ...good, client_secret: agent[1] });
    await ask({ ...good, scope: 'export_all' });
    const raw = { headers: { 'content-type': 'application/json' } };
    await kept(http.send('POST', '/token', { ...raw, basic: agent, body: `{"a":"${agent[1]}` }));
    await kept(http.admin('GET', '/admin/v1/keys', { adminToken: `${adminToken}x` }));
    await kept(http.admin('GET', `/admin/v1/agents/${agent[1]}`));
    await kept(http.admin('POST', '/admin/v1/keys/rotate'));
    for (const path of [AGENT, SERVER, '/admin/v1/keys', '/metrics', '/readyz']) {
      await kept(http.admin('GET', path));
    }
    await kept(http.admin('POST', `${AGENT}/status`, { json: QUARANTINE }));
    await until('the record is complete', async () => {
      const page = await http.admin('GET', '/admin/v1/audit?type=agent.status_changed');
      return page.json()['complete'] === true && (page.json()['items'] as unknown[]).length === 1;
    });
    await until('the webhooks came', () => receiver.received.length >= 4);
    await kept(http.admin('GET', '/admin/v1/audit?limit=500'));
    await kept(http.admin('GET', '/admin/v1/deliveries'));
  }

  async function places(): Promise<Places> {
    const client = new Redis({ path: redis.socket });
    try {
      await client.save();
    } finally {
      client.disconnect();
    }
    const data = join(dir, 'data');
    const files = [
      join(redis.dir, 'dump.rdb'),
      ...filesIn(join(redis.dir, 'appendonlydir')),
      ...filesIn(data).filter((file) => file.includes('audit.db')),
      join(dir, 'audit.jsonl'),
    ];
    return new Map([
      ...files.map((file) => [file, readFileSync(file)] as const),
      ['log of the service', Buffer.from(service.output())],
      ['log of the worker', Buffer.from(worker.output())],
      ['answers', Buffer.from(answers.join('\n'))],
      ['webhooks', Buffer.from(receiver.received.map((one) => JSON.stringify(one)).join('\n'))],
    ]);
  }

  /** Where each secret was found. */
  function hits(where: Places): readonly string[] {
    return [...where].flatMap(([place, bytes]) =>
      [...secrets].flatMap(([name, secret]) =>
        bytes.includes(Buffer.from(secret, 'latin1')) ? [`${name} in ${place}`] : [],
      ),
    );
  }

  it('0 hits in logs, Redis, its files, the audit database and its sinks, errors, metrics and webhooks', async () => {
    await scenario();
    const where = await places();
    expect(hits(where)).to.deep.equal([]);
    // What is searched does hold what belongs there: the hash of a token, and the events of its task.
    const digest = createHash('sha256')
      .update(secrets.get('token of t1') ?? '')
      .digest('hex');
    const holding = (text: string): string[] =>
      [...where].filter(([, bytes]) => bytes.includes(text)).map(([place]) => place);
    expect(holding(digest).filter((place) => /rdb|aof/.test(place))).to.have.length(2);
    for (const place of ['audit.db', 'audit.jsonl', 'log of the worker', 'answers']) {
      expect(holding('"t2"').join('\n')).to.contain(place);
    }
    expect(holding('request refused')).to.deep.equal(['log of the service']);
  });

  it('control: a secret that is planted in Redis or in the sink is found, in every file that holds it', async () => {
    const planted = secrets.get('agent secret') ?? '';
    const client = new Redis({ path: redis.socket });
    await client.xadd('cs:{s0}:canary', '*', 'event', planted);
    client.disconnect();
    appendFileSync(join(dir, 'audit.jsonl'), planted);
    const found = hits(await places()).map((hit) => hit.replace(/\/.*\//, ''));
    expect(found.filter((hit) => /agent secret in .*(rdb|aof|jsonl)/.test(hit))).to.have.length(3);
  });
});

const AGENT = '/admin/v1/agents/demo-agent';
const SERVER = '/admin/v1/resource-servers/demo-api';
const REVOKE = '/admin/v1/revocations';
const QUARANTINE = { status: 'quarantined', reason: 'canary' };

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).map((name) => join(folder, name));
}
