import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Pool } from 'undici';
import { packArchive } from '../../src/policy/bundle/pack.js';
import { NEUTRAL_INPUT } from '../../src/policy/serving/neutral-input.js';
import { tarOf } from './bundles/archive.js';
import { MAX_JSON_BYTES } from './heavy-client.js';

/** Requests that are sent at once, each over a connection of its own. */
export interface Burst {
  readonly count: number;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly type?: string;
  readonly body?: string | Uint8Array;
}

/** What heavy requests need to know of the service. */
export interface HeavyWorld {
  readonly agentId: string;
  readonly decisionId: string;
  readonly token: string;
}

/** Sends a burst and returns the statuses of its answers. */
export async function send(
  url: string,
  authorization: string | undefined,
  { count, method, path, type, body }: Burst,
): Promise<readonly number[]> {
  const pool = new Pool(url, { connections: count, headersTimeout: 0, bodyTimeout: 0 });
  const headers = {
    ...(authorization === undefined ? {} : { authorization }),
    ...(type === undefined ? {} : { 'content-type': type }),
  };
  const asked = { method, path, headers, ...(body === undefined ? {} : { body }) };
  try {
    return await Promise.all(
      Array.from({ length: count }, async () => {
        const answer = await pool.request(asked);
        await answer.body.dump();
        return answer.statusCode;
      }),
    );
  } finally {
    await pool.close();
  }
}

const JSON_TYPE = 'application/json';
const FORM = 'application/x-www-form-urlencoded';
const GZIP = 'application/gzip';

/** A text as long as a body may be. */
const longText = 'x'.repeat(MAX_JSON_BYTES - 1024);

/** An input of nearly 64 KiB with as many grants, scopes and terms to compare as fit. */
function largeInput(): object {
  const names = Array.from({ length: 64 }, (_, n) => `scope_${String(n)}`);
  const scopes = names.map((name) => ({ name, risk: 'low', description: 'd' }));
  const grants = Array.from({ length: 700 }, (_, n) => ({
    resource: 'stripe',
    scopes: [`scope_${String(n % 64)}:*`, `read_${String(n)}:*`, '*_x'],
  }));
  return {
    ...NEUTRAL_INPUT,
    request: { ...NEUTRAL_INPUT.request, resource: 'stripe', scopes: names },
    agent: { ...NEUTRAL_INPUT.agent, roles: ['demo'], grants },
    resource: { ...NEUTRAL_INPUT.resource, id: 'stripe', scopes },
  };
}

/** A bundle that fills the limit of an archive: sources that hardly compress. */
async function largeBundle(whole: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  const files = new Map(whole);
  const manifest = JSON.parse(String(files.get('.manifest'))) as object;
  files.set('.manifest', Buffer.from(JSON.stringify({ ...manifest, revision: 'large' })));
  for (let n = 0; n < 30; n++) {
    const text = `# ${randomBytes(450_000).toString('base64')}\n`;
    files.set(`sources/filler/f${String(n)}.rego.txt`, Buffer.from(text));
  }
  return packArchive(files);
}

/** A tar with 60 MB of zeros behind its end, in 60 KB. */
async function zeros(): Promise<Uint8Array> {
  const tar = await tarOf([['policy.rego', 'package countersign\n']]);
  return gzipSync(Buffer.concat([tar, Buffer.alloc(60 * 1024 * 1024)]));
}

/** A bundle whose last gzip member claims that the archive is small. */
async function twoMembers(whole: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  const data = Array.from({ length: 500_000 }, (_, n) => `"p${String(n)}":["a","b",${String(n)}]`);
  const tar = await tarOf([
    ...[...whole]
      .filter(([path]) => path !== 'data.json')
      .map(([p, c]) => [p, Buffer.from(c)] as const),
    ['data.json', `{${data.join(',')}}`],
  ]);
  return Buffer.concat([gzipSync(tar.subarray(0, -512)), gzipSync(tar.subarray(-512))]);
}

/** The heaviest requests of an operation; several at once where a thread could be started for each. */
export async function heavyBursts(
  { agentId, decisionId, token }: HeavyWorld,
  bundle: ReadonlyMap<string, Uint8Array>,
): Promise<Readonly<Record<string, readonly Burst[]>>> {
  const audit = `/admin/v1/audit?agent=${agentId}&limit=500`;
  const sources = { type: GZIP, body: await zeros(), method: 'POST', count: 1 } as const;
  const push = { type: GZIP, method: 'POST', path: '/admin/v1/policy/bundles' } as const;
  const evaluations = Array.from({ length: 50 }, (_, n) => ({
    subject: { type: 'agent', id: agentId },
    action: { name: 'read_invoices' },
    resource: { type: 'resource', id: 'stripe' },
    context: { reason: `${String(n)}${'x'.repeat(1000)}` },
  }));
  const post = (path: string, body: object, count: number): Burst => ({
    method: 'POST',
    path,
    type: JSON_TYPE,
    body: JSON.stringify(body),
    count,
  });
  return {
    queryAudit: [
      { method: 'GET', path: audit, count: 4 },
      { method: 'GET', path: `${audit}&session=s&task=t`, count: 6 },
    ],
    getAgentSignals: [{ method: 'GET', path: `/admin/v1/agents/${agentId}/signals`, count: 3 }],
    explainDecision: [{ method: 'GET', path: `/admin/v1/policy/explain/${decisionId}`, count: 4 }],
    diffBundles: [{ method: 'GET', path: '/admin/v1/policy/diff?from=first&to=second', count: 2 }],
    evaluateData: [post('/v1/data/countersign/decision', { input: largeInput() }, 8)],
    evaluatePolicy: [post('/admin/v1/policy/eval', { input: largeInput() }, 3)],
    checkPolicy: [{ ...sources, path: '/admin/v1/policy/check' }],
    testPolicy: [{ ...sources, path: '/admin/v1/policy/test' }],
    buildPolicy: [{ ...sources, path: '/admin/v1/policy/build' }],
    pushBundle: [
      { ...push, body: await zeros(), count: 1 },
      { ...push, body: await twoMembers(bundle), count: 1 },
      { ...push, body: await largeBundle(bundle), count: 1 },
    ],
    evaluateAccessBatch: [post('/access/v1/evaluations', { evaluations }, 1)],
    token: [
      post(
        '/token',
        {
          resource: 'stripe',
          scope: Array.from({ length: 64 }, (_, n) => `s${String(n)}`.padEnd(120, 'x')).join(' '),
          reason: 'x'.repeat(1024),
        },
        1,
      ),
    ],
    introspect: [
      { method: 'POST', path: '/introspect', type: FORM, body: `token=${longText}`, count: 1 },
      { method: 'POST', path: '/introspect', type: FORM, body: `token=${token}`, count: 4 },
    ],
    revoke: [{ method: 'POST', path: '/revoke', type: FORM, body: `token=${longText}`, count: 1 }],
  };
}
