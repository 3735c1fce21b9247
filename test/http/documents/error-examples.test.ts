import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { type ErrorCode, ERROR_KINDS } from '../../../src/domain/errors.js';
import { shardOfAgent } from '../../../src/domain/shard.js';
import { createKeys } from '../../../src/redis/keys.js';
import { mintSecret } from '../../../src/registry/secret.js';
import type { Answer, Ask } from '../../support/http.js';
import { buildBundle } from '../../support/bundles/build.js';
import { ENDLESS } from '../../support/bundles/endless.js';
import { type Codec, rawAsk, tokenAsk, tokenOf, type Wanted } from '../table/asks.js';
import { registerAgent, useTableService } from '../table/table-service.js';

const AGENTS = '/admin/v1/agents';
const GRANTS = [{ resource: 'stripe', scopes: ['read_invoices'] }];
const ONE_REQUEST = { per_minute: 1, burst: 1, resource_per_minute: 1, resource_burst: 1 };
const AUDITOR = mintSecret('admin').secret;
const AUDITOR_SHA256 = createHash('sha256').update(AUDITOR).digest('hex');
/** The values that the pages show of members with another value in each answer. */
const FIXED = {
  decision_id: 'dec_17_0123456789abcdefghjkmnpqrs',
  request_id: 'req_0123456789abcdefghjkmnpqrs',
};
const EXAMPLE = /```json\n([\s\S]*?)```/;
/** UPDATE_DOCS=1 writes the answers into the pages. */
const UPDATES = process.env['UPDATE_DOCS'] === '1';

describe('the example of an error page is an answer of the service', function () {
  this.timeout(60_000);
  const table = useTableService(() => ({
    overrides: { 'redis.command_timeout_ms': 250 },
    admin: { principals: [{ id: 'auditor', role: 'auditor', token_sha256: AUDITOR_SHA256 }] },
  }));

  const endless = useTableService(() => ({
    overrides: { 'policy.path': buildBundle(ENDLESS), 'policy.admission.violations': 'warn' },
  }));

  const http = () => table().service.http;
  const post = (ask: Ask, path = '/token') => http().send('POST', path, ask);
  const token = (wanted: Wanted = {}, codec: Codec = 'json') =>
    post(tokenAsk(codec, table().service.agent, wanted));
  const raw = (body: string) => post(rawAsk('json', table().service.agent, body));

  async function afterOneRequest(): Promise<Answer> {
    const client = await registerAgent(http(), { id: 'one', grants: GRANTS, rate: ONE_REQUEST });
    tokenOf(await post(tokenAsk('json', client)));
    return post(tokenAsk('json', client));
  }

  async function inQuarantine(): Promise<Answer> {
    const client = await registerAgent(http(), { id: 'suspect', grants: GRANTS });
    const json = { status: 'quarantined', reason: 'test' };
    await http().admin('POST', `${AGENTS}/suspect/status`, { json });
    return post(tokenAsk('json', client));
  }

  async function withoutRedis(): Promise<Answer> {
    const { redis } = table();
    redis.pause();
    try {
      return await token();
    } finally {
      redis.resume();
    }
  }

  async function withTickAhead(): Promise<Answer> {
    const client = new Redis({ path: table().redis.socket });
    const meta = createKeys('cs').meta(shardOfAgent(table().service.agent[0], 64));
    const [tick] = await client.hmget(meta, 'tick');
    try {
      await client.hset(meta, 'tick', String(Number(tick) + 3_600_000));
      return await token();
    } finally {
      const json = { reason: 'test' };
      await http().admin('POST', '/admin/v1/store/reset-clock', { json });
      client.disconnect();
    }
  }

  async function createdTwice(): Promise<Answer> {
    await registerAgent(http(), { id: 'twice', grants: GRANTS });
    return http().admin('POST', AGENTS, { json: { id: 'twice', grants: GRANTS } });
  }

  const ANSWERS: Readonly<Record<ErrorCode, () => Promise<Answer>>> = {
    invalid_request: () => raw('{"scope":"read_invoices"}'),
    invalid_client: () => post(tokenAsk('json', ['demo-agent', mintSecret('agent').secret])),
    invalid_scope: () => token({ scope: '' }),
    invalid_target: () => token({ resource: 'unknown' }),
    unsupported_grant_type: () =>
      raw('{"grant_type":"password","resource":"stripe","scope":"read_invoices"}'),
    access_denied: () => token({ scope: 'read_payouts' }),
    agent_quarantined: inQuarantine,
    review_required: () => token({ scope: 'create_refund' }),
    slow_down: afterOneRequest,
    temporarily_unavailable: withoutRedis,
    clock_not_trusted: withTickAhead,
    policy_budget_exceeded: () => {
      const { service } = endless();
      return service.http.send(
        'POST',
        '/token',
        tokenAsk('json', service.agent, { scope: 'endless' }),
      );
    },
    unauthorized: () => http().admin('GET', AGENTS, { adminToken: undefined }),
    forbidden: () =>
      http().admin('POST', AGENTS, { adminToken: AUDITOR, json: { id: 'new', grants: GRANTS } }),
    not_found: () => http().send('GET', '/tokens'),
    conflict: createdTwice,
    method_not_allowed: () => http().send('GET', '/token'),
    payload_too_large: () => raw(' '.repeat(65_537)),
    unsupported_media_type: () =>
      post({ headers: { 'content-type': 'text/plain' }, body: 'scope=read_invoices' }),
    host_not_allowed: () => http().admin('GET', AGENTS, { headers: { host: 'example.com' } }),
    bundle_refused: () =>
      http().admin('POST', '/admin/v1/policy/bundles', {
        headers: { 'content-type': 'application/gzip' },
        body: 'not an archive',
      }),
  };

  for (const code of Object.keys(ERROR_KINDS) as ErrorCode[]) {
    it(code, async () => {
      const answer = await ANSWERS[code]();
      const path = `docs/errors/${code}.md`;
      const page = readFileSync(path, 'utf8');
      const live = withFixed(answer.json());
      if (UPDATES)
        writeFileSync(
          path,
          page.replace(EXAMPLE, () => fenced(live)),
        );
      else expect(JSON.parse(EXAMPLE.exec(page)?.[1] ?? '{}')).to.deep.equal(live);
    });
  }
});

function withFixed(body: object): object {
  const fixed = Object.entries(FIXED).filter(([name]) => name in body);
  return { ...body, ...Object.fromEntries(fixed) };
}

function fenced(body: object): string {
  return `\`\`\`json\n${JSON.stringify(body, undefined, 2)}\n\`\`\``;
}
