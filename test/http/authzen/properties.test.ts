import { expect } from 'chai';
import fc from 'fast-check';
import type { AgentSpec } from '../../../src/domain/records.js';
import type { Answer } from '../../support/http.js';
import { registerAgent, useTableService, type Client } from '../table/table-service.js';
import { asker, decisionsOf, itemsOf, question, type Item } from './questions.js';

const SCOPES = [
  ...['read_invoices', 'read_customers', 'create_refund', 'export_all', 'write_invoices'],
  ...['read:customers:7', 'read:customers:*', 'read:*', '*', 'search', 'fetch:page', 'fetch:*'],
];
const ODD = ['', 'a b', 'x'.repeat(300), 'é', 'read:'];
const RESOURCES = ['stripe', 'customers-db', 'research-api', 'https://api.stripe.demo', 'nobody'];
const PATTERNS = ['read_invoices', 'read_customers', 'create_refund', 'read:customers:*', '*'];

const grants = fc.array(
  fc.record({
    resource: fc.constantFrom('stripe', 'customers-db', 'research-api', '*'),
    scopes: fc.uniqueArray(fc.constantFrom(...PATTERNS, 'search', 'fetch:*'), { minLength: 1 }),
  }),
  { maxLength: 3 },
);
const asked = fc.record({
  resource: fc.constantFrom(...RESOURCES),
  scope: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...SCOPES) }, fc.constantFrom(...ODD)),
  ttl: fc.constantFrom(undefined, 1, 60, 5000),
});

/** Questions of which about half are about something the agent holds, so that both answers are seen in any sample. */
const grantsAndAsked = grants.chain((given) => {
  const held = given.flatMap(({ resource, scopes }) =>
    scopes.map((scope) => ({
      resource: resource === '*' ? 'research-api' : resource,
      scope: scope.replace('*', '7'),
      ttl: undefined,
    })),
  );
  const one = held.length === 0 ? asked : fc.oneof(asked, fc.constantFrom(...held));
  return fc.tuple(fc.constant(given), fc.array(one, { minLength: 1, maxLength: 6 }));
});

describe('access evaluation, properties', function () {
  this.timeout(120_000);
  const table = useTableService();
  let agents = 0;
  async function newAgent(spec: Omit<AgentSpec, 'id'>): Promise<Client> {
    return registerAgent(table().service.http, { ...spec, id: `generated-${String(agents++)}` });
  }

  /** A token request of the agent in these words. */
  function token(client: Client, { resource, scope, ttl }: Asked): Promise<Answer> {
    const json = { resource, scope: [scope], ...(ttl === undefined ? {} : { ttl }) };
    return table().service.http.send('POST', '/token', { basic: client, json });
  }

  interface Asked {
    readonly resource: string;
    readonly scope: string;
    readonly ttl: number | undefined;
  }

  const inWords = (agent: string, { resource, scope, ttl }: Asked) =>
    question({
      ...{ agent, resource, scope },
      context: ttl === undefined ? {} : { ttl_seconds: ttl },
    });

  it('yes exactly when the token endpoint grants that scope, for as long as it says; asked by agent or server', async () => {
    const seen = new Map<boolean, number>();
    // One grant that is asked for stands at the start of every run: no sample may miss the yes or the no.
    const grant = [{ resource: 'stripe' as const, scopes: ['read_invoices'] }];
    const yes = { resource: 'stripe', scope: 'read_invoices', ttl: 60 as const };
    const no = { resource: 'customers-db', scope: 'read:customers:7', ttl: 60 as const };
    await fc.assert(
      fc.asyncProperty(grantsAndAsked, async ([g, asks]) => {
        const client = await newAgent({ grants: g });
        for (const one of asks) {
          const body = inWords(client[0], one);
          const [byAgent, byServer] = [
            await asker(table(), client).one(body),
            await asker(table()).one(body),
          ];
          const answer = await token(client, one);
          const granted =
            answer.status === 200 && String(answer.json()['scope']).split(' ').includes(one.scope);
          for (const evaluation of [byAgent, byServer]) {
            expect(evaluation.status, evaluation.text).to.equal(200);
            const { decision, context } = evaluation.json() as unknown as Item;
            const about = `${JSON.stringify(g)} ${JSON.stringify(one)} ${answer.text}`;
            expect(decision, about).to.equal(granted);
            if (granted) expect(context['ttl_seconds']).to.equal(answer.json()['expires_in']);
            const review = answer.json()['error'] === 'review_required';
            expect(context['review_required'] === true, about).to.equal(review);
          }
          seen.set(granted, (seen.get(granted) ?? 0) + 1);
        }
      }),
      { numRuns: 60, examples: [[[grant, [yes, no]]]] },
    );
    expect(seen.get(true)).to.be.at.least(1);
    expect(seen.get(false)).to.be.at.least(1);
  });

  it('many at once are answered as each alone, in order, up to where the semantic ends', async () => {
    const semantics = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const;
    const wrong = fc.constantFrom<unknown>({ action: {} }, { subject: 5 }, 'x', null);
    const item = fc.oneof(
      { weight: 6, arbitrary: asked },
      wrong.map((bad) => ({ bad })),
    );
    const given = [
      { resource: 'stripe', scopes: ['read_invoices', 'create_refund'] },
      { resource: 'customers-db', scopes: ['read:customers:*'] },
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(...semantics),
        fc.boolean(),
        async (items, semantic, asAgent) => {
          // A new agent each time: the policy limits one that collected many denials.
          const client = await newAgent({ grants: given });
          // The default names the agent, so an item need not.
          const defaults = { subject: { type: 'agent', id: client[0] } };
          const by = asker(table(), asAgent ? client : table().service.resourceServer);
          const evaluations = items.map((one) =>
            'bad' in one ? one.bad : withoutSubject(inWords(client[0], one)),
          );
          const options = { evaluations_semantic: semantic };
          const together = await by.many({ ...defaults, evaluations, options });
          const alone: boolean[] = [];
          for (const one of items) {
            const single = 'bad' in one ? undefined : await by.one(inWords(client[0], one));
            alone.push(single?.json()['decision'] === true);
            if (semantic === 'deny_on_first_deny' && alone.at(-1) === false) break;
            if (semantic === 'permit_on_first_permit' && alone.at(-1) === true) break;
          }
          expect(decisionsOf(together)).to.deep.equal(alone);
          const failed = itemsOf(together).map(({ context }) => 'error' in context);
          expect(failed).to.deep.equal(items.slice(0, alone.length).map((one) => 'bad' in one));
        },
      ),
      { numRuns: 60 },
    );
  });
});

function withoutSubject({ subject: _, ...rest }: Record<string, unknown>): object {
  return rest;
}
