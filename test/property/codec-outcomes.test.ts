import { expect } from 'chai';
import fc from 'fast-check';
import type { AuditEvent } from '../../src/domain/audit.js';
import { mintSecret } from '../../src/registry/secret.js';
import type { Answer } from '../support/http.js';
import { jwtPart, tokenAsk, type Codec, type Wanted } from '../http/table/asks.js';
import { accessEvents } from '../http/table/stream-events.js';
import { registerAgent, useTableService } from '../http/table/table-service.js';

interface Request {
  readonly wanted: Wanted;
  readonly as: 'itself' | 'a stranger' | 'another';
}

/** What becomes of an agent: a few requests, one after the other. */
interface Errand {
  readonly burst: number;
  readonly quarantined: boolean;
  readonly requests: readonly Request[];
}

const mostly = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 7, arbitrary: usual }, { weight: 1, arbitrary: rare });
const scope = mostly(
  fc.constantFrom('read_invoices', 'read_customers', 'create_refund', 'read:customers:42'),
  fc.constantFrom('export_all', 'write_invoices', '*', 'a"b', 'é', 'x'.repeat(257), ''),
);
const text = mostly(
  fc.string({ unit: 'grapheme-ascii', maxLength: 12 }),
  fc.constantFrom('a+b=c&d%20', 'é 漢 😀', 'x'.repeat(300), 'line\nbreak', 'nul\0'),
);
const wanted: fc.Arbitrary<Wanted> = fc.record(
  {
    resource: mostly(
      fc.constantFrom('stripe', 'customers-db', 'https://api.stripe.demo'),
      fc.constantFrom('nobody', '', 'é'),
    ),
    scope: fc.array(scope, { minLength: 1, maxLength: 4 }).map((all) => all.join(' ')),
    ttl: mostly(fc.integer({ min: 1, max: 5000 }), fc.constantFrom(0, -1, 1.5, 2 ** 53 - 1)),
    session_id: text,
    task_id: text,
    user_id: text,
    reason: text,
  },
  { requiredKeys: [] },
);
const errand: fc.Arbitrary<Errand> = fc.record({
  burst: mostly(fc.constant(100), fc.constant(1)),
  quarantined: mostly(fc.constant(false), fc.constant(true)),
  requests: fc.array(
    fc.record({
      wanted,
      as: mostly<Request['as']>(
        fc.constant('itself'),
        fc.constantFrom<Request['as']>('a stranger', 'another'),
      ),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

const plain: Request = { wanted: {}, as: 'itself' };
/** Rows of the table that chance might leave out. */
const ALWAYS: readonly Errand[] = [
  { burst: 1, quarantined: false, requests: [plain, plain] },
  { burst: 100, quarantined: true, requests: [plain] },
  { burst: 100, quarantined: false, requests: [{ ...plain, as: 'a stranger' }] },
  { burst: 100, quarantined: false, requests: [{ ...plain, as: 'another' }] },
  ...[{ scope: 'create_refund' }, { scope: 'export_all' }, { resource: 'nobody' }, { ttl: 0 }].map(
    (wanted): Errand => ({ burst: 9, quarantined: false, requests: [{ ...plain, wanted }] }),
  ),
];

/** How the table answers a form where it differs: by the error of the JSON answer. */
const AS_FORM: Readonly<Record<string, string>> = {
  access_denied: '400 invalid_scope',
  review_required: '400 invalid_scope',
};

function outcomeOf(answer: Answer, codec: Codec): unknown {
  const body = answer.json();
  if (answer.status !== 200) {
    const error = String(body['error']);
    const asForm = codec === 'json' ? AS_FORM[error] : undefined;
    return asForm ?? `${String(answer.status)} ${error}`;
  }
  const { scope: scopes, expires_in: ttl, removed, token_type: type } = body;
  const claims = jwtPart(String(body['access_token']), 1);
  const { aud, session_id, task_id, user_id, policy_revision, iat, exp } = claims;
  return {
    ...{ scopes, ttl, removed, type, aud, session_id, task_id, user_id, policy_revision },
    claimed: claims['scope'],
    lives: Number(exp) - Number(iat),
    remaining: answer.headers['ratelimit-remaining'],
  };
}

/** Without ids, times, what is computed from them, and the agent's name. */
function comparable(event: AuditEvent): object {
  const varying = new Set(
    ['request_id', 'decision_id', 'grant_id', 'jti', 'expires_at_ms', 'input_digest'].concat(
      ...['agent_id', 'principal', 'detail', 'policy_input'],
    ),
  );
  // The score moves with every millisecond, and a term is only shown when it is large enough.
  const { anomaly: _anomaly, signals: _signals, ...same } = event;
  return Object.fromEntries(
    Object.entries(same).map(([name, value]) => [name, varying.has(name) ? typeof value : value]),
  );
}

describe('one request through both codecs', function () {
  this.timeout(120_000);
  const table = useTableService();
  let agents = 0;

  async function run({ burst, quarantined, requests }: Errand, codec: Codec) {
    const { http } = table().service;
    const id = `twin-${String(agents++)}`;
    const client = await registerAgent(http, {
      id,
      grants: [
        { resource: 'stripe', scopes: ['read_invoices', 'read_customers', 'create_refund'] },
        { resource: 'customers-db', scopes: ['read:*'], max_ttl_seconds: 120 },
      ],
      rate: { per_minute: 1, burst, resource_per_minute: 1, resource_burst: 100 },
    });
    if (quarantined) {
      const json = { status: 'quarantined', reason: 'test' };
      await http.admin('POST', `/admin/v1/agents/${id}/status`, { json });
    }
    const outcomes: unknown[] = [];
    for (const { wanted, as } of requests) {
      const alias = as === 'another' ? { client_id: 'somebody-else' } : {};
      const basic = as === 'a stranger' ? ([id, mintSecret('agent').secret] as const) : client;
      const ask = tokenAsk(codec, basic, { ...wanted, ...alias });
      outcomes.push(outcomeOf(await http.send('POST', '/token', ask), codec));
    }
    const events = await accessEvents(table().redis, id);
    return { outcomes, events: events.map(comparable) };
  }

  it('has equal outcomes and leaves equal events', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(errand, async (one) => {
        const [json, form] = [await run(one, 'json'), await run(one, 'form')];
        expect(form).to.deep.equal(json);
        for (const outcome of json.outcomes) {
          seen.add(typeof outcome === 'string' ? outcome : 'granted');
        }
      }),
      { numRuns: 40, examples: ALWAYS.map((one) => [one]) },
    );
    // Equal because nothing happened would be no proof.
    expect([...seen]).to.include.members([
      ...['granted', '400 invalid_request', '400 invalid_scope', '400 invalid_target'],
      ...['401 invalid_client', '429 slow_down'],
    ]);
  });
});
